/** Paths inside a tree: absolute, "/" separated, without a trailing slash; the root is "/". */

export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function joinPath(dir: string, name: string): string {
  return dir === '/' ? `/${name}` : `${dir}/${name}`;
}

export function isBelow(path: string, dir: string): boolean {
  return dir === '/' ? path !== '/' : path.startsWith(`${dir}/`);
}

/** All directories above a path, the root first. */
export function ancestorsOf(path: string): string[] {
  const out: string[] = [];
  for (let dir = path; dir !== '/'; ) {
    dir = parentOf(dir);
    out.push(dir);
  }
  return out.reverse();
}

/** Byte order, as OSTree and dpkg sort; JavaScript's own order compares UTF-16 units. */
export function comparePaths(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
