import type { Incoming } from './incoming.ts';
import { parentOf } from './path.ts';
import { membersOf, placesOf } from './payload.ts';
import type { Tree } from './tree.ts';
import type { LayerChange } from './types.ts';

/** Top-level directories that a merged-/usr system has as links into /usr. */
const ALIASES = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/**
 * Lays out the payloads of the first packages before any script can run: their preinsts need a shell, and that is
 * among them. Files are replaced and directories take the later package's metadata, as extracting the archives one
 * over the other does; the proper unpacking, with scripts and database, goes over it afterwards.
 */
export async function layOutFirst(
  tree: Tree,
  packages: Incoming[],
  put: (change: LayerChange) => void,
): Promise<void> {
  const shipped = new Set(packages.flatMap((p) => placesOf(p.manifest.entries)));
  // Releases whose base-files ships the links bring all that they want; older ones expect the installer to make them.
  if (!packages.some(shipsAlias)) {
    for (const name of ALIASES) {
      await makeDirectories(tree, `/usr/${name}`, put);
      put({ op: 'symlink', path: `/${name}`, uid: 0, gid: 0, target: `usr/${name}` });
    }
  }
  await tree.prefetch(shipped);
  const none = { uids: new Map<string, number>(), gids: new Map<string, number>() };
  // Packages that ship the links come first, or another's /lib directory would stand in their way.
  const ordered = [...packages].sort((a, b) => Number(shipsAlias(b)) - Number(shipsAlias(a)));
  for (const pkg of ordered) {
    for (const member of membersOf(pkg.manifest.entries, none)) {
      if (member.path === '/') continue;
      const place = await tree.resolve(member.path);
      const before = await tree.lookup(place);
      await makeDirectories(tree, parentOf(place), put);
      if (member.type === 'd') {
        const real = before?.type === 'symlink' ? await tree.resolveDir(place) : place;
        if (before?.type === 'symlink' && (await tree.lookup(real))?.type === 'dir') continue;
        put({ op: 'dir', path: place, ...member.owner });
      } else if (member.node.type !== 'dir') put({ op: 'node', path: place, node: member.node });
    }
  }
}

function shipsAlias(pkg: Incoming): boolean {
  const { path, type } = pkg.manifest.entries;
  return path.some((p, i) => type[i] === 'l' && ALIASES.includes(p.slice(1)));
}

async function makeDirectories(tree: Tree, path: string, put: (change: LayerChange) => void): Promise<void> {
  if (path === '/' || (await tree.lookup(path))?.type === 'dir') return;
  await makeDirectories(tree, parentOf(path), put);
  put({ op: 'dir', path, mode: 0o755, uid: 0, gid: 0 });
}
