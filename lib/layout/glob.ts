import type { FileMetadata, TreeView } from '../assembly/types.ts';

export interface Found {
  path: string;
  node: FileMetadata;
}

/**
 * What stands at a pattern of a tree: `*` matches within one name, a last component `**` everything below a directory.
 */
export async function expandGlob(tree: TreeView, pattern: string): Promise<Found[]> {
  const parts = pattern.split('/').slice(1);
  const first = parts.findIndex((part) => part.includes('*'));
  if (first < 0) return exactly(tree, pattern);
  return expandBelow(tree, `/${parts.slice(0, first).join('/')}`, parts.slice(first));
}

async function exactly(tree: TreeView, path: string): Promise<Found[]> {
  const node = await tree.lookup(path);
  return node ? [{ path, node }] : [];
}

async function expandBelow(tree: TreeView, dir: string, parts: string[]): Promise<Found[]> {
  if ((await tree.lookup(dir))?.type !== 'dir') return [];
  const [part, ...rest] = parts as [string, ...string[]];
  if (part === '**') return tree.list(dir);
  const matches = nameMatcher(part);
  const named = (await tree.list(dir, 1)).filter(({ path }) =>
    matches(path.slice(path.lastIndexOf('/') + 1)),
  );
  if (rest.length === 0) return named;
  const below = await Promise.all(
    named.map(({ path }) =>
      rest.some((later) => later.includes('*'))
        ? expandBelow(tree, path, rest)
        : exactly(tree, `${path}/${rest.join('/')}`),
    ),
  );
  return below.flat();
}

function nameMatcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .split('*')
    .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const regex = new RegExp(`^${source}$`, 's');
  return (name) => regex.test(name);
}
