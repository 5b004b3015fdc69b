import type { FileMetadata, TreeView } from '../assembly/types.ts';
import { MOVE_ROWS } from './moves.ts';
import type { RuntimeEntry } from './tmpfiles.ts';

const DATABASES = MOVE_ROWS.filter(({ kind }) => kind === 'database').map(({ plain }) => plain);

const within = (path: string, root: string) => path === root || path.startsWith(`${root}/`);

/**
 * What a fresh host has below /var (and /run/media), as the plain tree shows it: /var itself without the databases
 * about /usr, the directories of the host under the names they have there, and links to what is shipped for /opt.
 * In byte order of the path.
 */
export async function runtimeEntries(tree: TreeView): Promise<RuntimeEntry[]> {
  const out: RuntimeEntry[] = [];
  for (const entry of await below(tree, '/var')) {
    if (!DATABASES.some((root) => within(entry.path, root))) out.push(entry);
  }
  for (const row of MOVE_ROWS) {
    if (row.state === undefined) continue;
    const top = await tree.lookup(row.plain);
    if (top?.type === 'symlink') continue;
    const node: FileMetadata = top ?? { type: 'dir', mode: row.mode ?? 0o755, uid: 0, gid: 0 };
    if (!out.some(({ path }) => path === row.state)) out.push({ path: row.state, node });
    if (top === null) continue;
    if (row.kind === 'payload') out.push(...(await payloadLinks(tree, row.plain, row.state, row.ostree)));
    else
      for (const entry of await below(tree, row.plain))
        out.push({ path: row.state + entry.path.slice(row.plain.length), node: entry.node });
  }
  return out.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function below(tree: TreeView, path: string): Promise<RuntimeEntry[]> {
  return (await tree.lookup(path))?.type === 'dir' ? tree.list(path) : [];
}

async function payloadLinks(
  tree: TreeView,
  plain: string,
  state: string,
  ostree: string,
): Promise<RuntimeEntry[]> {
  const up = '../'.repeat(state.split('/').length - 1);
  return (await tree.list(plain, 1)).map(({ path }) => {
    const name = path.slice(plain.length + 1);
    const target = `${up}${ostree.slice(1)}/${name}`;
    return {
      path: `${state}/${name}`,
      node: { type: 'symlink', uid: 0, gid: 0, target, checksum: '', from: '' },
    };
  });
}
