import { ancestorsOf } from '../../assembly/path.ts';
import type { Tree } from '../../assembly/tree.ts';
import type { LayerChange, PathChange } from '../../assembly/types.ts';
import type { AccountMaker } from './added.ts';
import { nameOf } from './lines.ts';
import type { AccountRow } from './rows.ts';

/** Rows for the home directories that a run has made along with these accounts. */
export async function addedHomes(
  tree: Tree,
  added: readonly AccountRow[],
  maker: AccountMaker,
  changes: readonly PathChange[],
): Promise<AccountRow[]> {
  const made = new Set(changes.filter((c) => c.kind === 'added' && c.type === 'dir').map((c) => c.path));
  const rows: AccountRow[] = [];
  for (const { file, line } of added) {
    const path = line.split(':')[5];
    if (file !== 'passwd' || !path?.startsWith('/')) continue;
    const place = await tree.resolve(path);
    const node = made.has(place) ? await tree.lookup(place) : null;
    if (node?.type !== 'dir') continue;
    const mode = node.mode.toString(8).padStart(4, '0');
    const home = [nameOf(line), path, maker.script, mode, node.uid, node.gid].join(':');
    rows.push({ package: maker.package, file: 'home', line: home });
  }
  return rows;
}

/**
 * Whether this run has made a home when it made the account: now it will find the account and leave it alone. Homes
 * appear no earlier, as directories that the package ships come first.
 */
export function isDueHome(row: AccountRow, maker: AccountMaker): boolean {
  return row.file === 'home' && row.package === maker.package && row.line.split(':')[2] === maker.script;
}

/** The homes of these rows, for accounts that were seeded. */
export async function homeChanges(
  tree: Tree,
  rows: readonly AccountRow[],
  seeded: ReadonlySet<string>,
): Promise<LayerChange[]> {
  const out: LayerChange[] = [];
  for (const { line } of rows) {
    const [user, path, , mode, uid, gid] = line.split(':');
    const place = await tree.resolve(path!);
    if (!seeded.has(`passwd ${user}`) || (await tree.lookup(place)) !== null) continue;
    for (const dir of ancestorsOf(place))
      if ((await tree.lookup(dir)) === null) out.push({ op: 'dir', path: dir, mode: 0o755, uid: 0, gid: 0 });
    const owner = { uid: Number(uid), gid: Number(gid) };
    out.push({ op: 'dir', path: place, mode: Number.parseInt(mode!, 8), ...owner });
  }
  return out;
}
