import type { LayerChange, TreeView } from '../assembly/types.ts';
import { AptOstreeError } from '../errors/error.ts';
import { accountNames, fixedAccounts, sysusersLines } from './accounts.ts';
import { firstBootChanges } from './first-boot.ts';
import { findKernels } from './kernel.ts';
import { formatLayoutRecord, LAYOUT_RECORD, type LayoutRecord } from './layout-record.ts';
import { type LayoutMove, layoutMoves, MOVE_ROWS, type MoveRow } from './moves.ts';
import { runtimeEntries } from './runtime-entries.ts';
import { confTexts, declaredPaths, tmpfilesLine, tmpfilesLink } from './tmpfiles.ts';

/** Sorts first among tmpfiles.d, where the first line about a path wins: no `d /var/lib/dpkg` may hide the link. */
const DATABASE_CONF = '/usr/lib/tmpfiles.d/00-apt-ostree-sysimage.conf';
const VAR_CONF = '/usr/lib/tmpfiles.d/apt-ostree-var.conf';
const ACCOUNTS_CONF = '/usr/lib/sysusers.d/00-apt-ostree-accounts.conf';

const MOUNT_POINTS: [path: string, mode: number][] = [
  ['/boot', 0o755],
  ['/dev', 0o755],
  ['/proc', 0o755],
  ['/run', 0o755],
  ['/sys', 0o755],
  ['/sysroot', 0o755],
  ['/tmp', 0o1777],
];

/**
 * The changes that turn a plain Debian tree, scrubbed before, into the tree of an OSTree commit. Moves come first;
 * the paths of the other changes are those of the OSTree tree. `plainView` of the result gives the plain tree back.
 * @throws ERR_LAYOUT when something stands where the layout needs room.
 */
export async function layOut(tree: TreeView): Promise<LayerChange[]> {
  const moves = await possibleMoves(tree);
  const additions = [...(await links(tree)), ...(await mountPoints(tree)), ...(await generated(tree, moves))];
  const places = [...moves.map(({ ostree }) => ostree), ...additions.map(({ path }) => path), LAYOUT_RECORD];
  const created = await missingParents(tree, places, moves);
  const record: LayoutRecord = { format: 1, moves, added: additions.map(({ path }) => path), created };
  return [
    ...created.map((path): LayerChange => ({ op: 'dir', path, mode: 0o755, uid: 0, gid: 0 })),
    ...moves.map(({ plain, ostree }): LayerChange => ({ op: 'move', path: ostree, from: plain })),
    ...additions,
    { op: 'write', path: LAYOUT_RECORD, mode: 0o644, uid: 0, gid: 0, data: formatLayoutRecord(record) },
  ];
}

async function possibleMoves(tree: TreeView): Promise<LayoutMove[]> {
  const [kernel] = await findKernels(tree);
  const table = layoutMoves(kernel === undefined ? [] : [kernel]);
  const rows = new Map(MOVE_ROWS.map((row) => [row.plain, row]));
  await tree.prefetch(table.flatMap(({ plain, ostree }) => [plain, ostree]));
  const moves: LayoutMove[] = [];
  for (const move of table) {
    const node = await tree.lookup(move.plain);
    const row = rows.get(move.plain);
    if (node === null || (node.type === 'symlink' && row)) continue;
    if (row && row.kind !== 'database' && node.type !== 'dir')
      throw occupied(move.plain, 'is not a directory');
    // The place within the plain tree of what will stand at `ostree` once /var has moved.
    const places = [move.ostree, ...(row?.kind === 'state' && row.state ? [row.state] : [])];
    for (const place of places)
      if (await tree.lookup(place)) throw occupied(place, `is where ${move.plain} goes`);
    moves.push(move);
  }
  return moves;
}

function occupied(path: string, what: string): AptOstreeError {
  return new AptOstreeError('ERR_LAYOUT', `${path} ${what}`, {
    hint: 'remove the package or the treefile step that puts something there',
    details: { path },
  });
}

async function links(tree: TreeView): Promise<LayerChange[]> {
  const out: LayerChange[] = [];
  for (const { plain, link } of MOVE_ROWS) {
    if (link === undefined || (await tree.lookup(plain))?.type === 'symlink') continue;
    out.push({ op: 'symlink', path: plain, uid: 0, gid: 0, target: link });
  }
  if ((await tree.lookup('/ostree')) === null)
    out.push({ op: 'symlink', path: '/ostree', uid: 0, gid: 0, target: 'sysroot/ostree' });
  return out;
}

async function mountPoints(tree: TreeView): Promise<LayerChange[]> {
  const out: LayerChange[] = [{ op: 'dir', path: '/var', mode: 0o755, uid: 0, gid: 0 }];
  for (const [path, mode] of MOUNT_POINTS)
    if ((await tree.lookup(path)) === null) out.push({ op: 'dir', path, mode, uid: 0, gid: 0 });
  return out;
}

async function generated(tree: TreeView, moves: LayoutMove[]): Promise<LayerChange[]> {
  const [passwd, group] = (await tree.readMany(['/etc/passwd', '/etc/group'])).map(
    (b) => b?.toString('utf8') ?? '',
  );
  const accounts = { passwd: passwd!, group: group! };
  const names = accountNames(accounts);
  const fixed = fixedAccounts(await confTexts(tree, '/usr/lib/sysusers.d'));
  const declared = await declaredPaths(tree);
  const databases = moves
    .filter(({ plain }) => rowOf(plain)?.kind === 'database')
    .map(({ plain, ostree }) => tmpfilesLink(plain, relativeLink(plain, ostree)));
  const entries = (await runtimeEntries(tree)).filter(({ path }) => !declared.has(path));
  return [
    ...conf(DATABASE_CONF, 'Databases about /usr, which live in /usr.', databases),
    ...conf(
      VAR_CONF,
      'What a fresh /var holds.',
      entries.map((entry) => tmpfilesLine(entry, names)),
    ),
    ...conf(ACCOUNTS_CONF, 'Accounts of the image, with their numbers.', sysusersLines(accounts, fixed)),
    ...(await firstBootChanges(tree)),
  ];
}

const rowOf = (plain: string): MoveRow | undefined => MOVE_ROWS.find((row) => row.plain === plain);

function relativeLink(at: string, to: string): string {
  return '../'.repeat(at.split('/').length - 2) + to.slice(1);
}

function conf(path: string, about: string, lines: string[]): LayerChange[] {
  if (lines.length === 0) return [];
  const data = Buffer.from(`# ${about} Made by apt-ostree.\n${lines.join('\n')}\n`);
  return [{ op: 'write', path, mode: 0o644, uid: 0, gid: 0, data }];
}

/** Directories to make so that every path has a parent; those inside a moved subtree exist by then. */
async function missingParents(tree: TreeView, paths: string[], moves: LayoutMove[]): Promise<string[]> {
  const moved = moves.map(({ ostree }) => ostree);
  const wanted = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const dir = path.slice(0, end);
      if (!moved.some((root) => dir === root || dir.startsWith(`${root}/`))) wanted.add(dir);
    }
  }
  const sorted = [...wanted].sort();
  await tree.prefetch(sorted);
  const out: string[] = [];
  for (const dir of sorted) {
    const node = await tree.lookup(dir);
    if (node === null) out.push(dir);
    else if (node.type !== 'dir') throw occupied(dir, 'is not a directory');
  }
  return out;
}
