import type { Change } from '../assembly/types.ts';
import type { CommitReader } from './commit-reader.ts';
import { LAYOUT_RECORD, parseLayoutRecord, RECORD_DIR } from './layout-record.ts';
import { FOREIGN_DATABASES, type LayoutMove, layoutMoves, MOVE_ROWS } from './moves.ts';

/** How the layout of one commit is undone. */
export interface LayoutUndo {
  /** Paths of the commit that the plain tree does not have. */
  removed: string[];
  /** In the order in which the layout has made them. */
  moves: LayoutMove[];
  /** Directories that the layout made to hold something, parents first. */
  created: string[];
  /** Directories that a plain tree needs and the commit has nowhere. */
  made: { path: string; mode: number; uid: number; gid: number }[];
}

/** Changes for a commit: removals free the places, then the moves go back, last one first. */
export function undoChanges({ removed, moves, created, made }: LayoutUndo): Change[] {
  const late = [...made];
  const back = moves.toReversed().flatMap(({ plain, ostree }): Change[] => {
    const parents = late.filter(({ path }) => plain.startsWith(`${path}/`));
    for (const dir of parents) late.splice(late.indexOf(dir), 1);
    return [...parents.map(makeDir), { op: 'move', path: plain, from: ostree }];
  });
  return [
    ...removed.map((path): Change => ({ op: 'remove', path })),
    ...back,
    ...created.toReversed().map((path): Change => ({ op: 'remove', path })),
    ...late.map(makeDir),
  ];
}

const makeDir = (dir: LayoutUndo['made'][number]): Change => ({ op: 'dir', ...dir });

export async function readUndo(commit: CommitReader): Promise<LayoutUndo> {
  const [data] = await commit.read([LAYOUT_RECORD]);
  const record = data ? parseLayoutRecord(data) : null;
  if (record === null) return guessUndo(commit);
  const created = record.created.filter((path) => path !== RECORD_DIR);
  return { removed: [...record.added, RECORD_DIR], moves: record.moves, created, made: [] };
}

/** For trees that other tools have laid out, or none: by what stands where. */
async function guessUndo(commit: CommitReader): Promise<LayoutUndo> {
  const undo: LayoutUndo = { removed: [], moves: [], created: [], made: [] };
  const table = [...databaseMoves(), ...layoutMoves(await kernelsBesideModules(commit))];
  const exists = await presence(
    commit,
    table.flatMap(({ plain, ostree }) => [plain, ostree]),
  );
  const varEntries = exists.get('/var') === 'dir' ? await commit.list('/var', 1) : [];
  for (const move of table) {
    if (!exists.get(move.ostree) || undo.moves.some(({ plain }) => plain === move.plain)) continue;
    if (move.plain === '/var' ? varEntries.length > 0 : exists.get(move.plain) === 'dir') continue;
    if (exists.has(move.plain)) undo.removed.push(move.plain);
    undo.moves.push(move);
  }
  for (const row of MOVE_ROWS) {
    if (row.mode === undefined || undo.moves.some(({ plain }) => plain === row.plain)) continue;
    if (exists.get(row.plain) === 'dir') continue;
    // A link into /var, or nothing: the directory is the host's, and scripts expect it.
    if (exists.has(row.plain)) undo.removed.push(row.plain);
    undo.made.push({ path: row.plain, mode: row.mode, uid: 0, gid: 0 });
  }
  undo.made.push(...(await missingParents(commit, undo.moves)));
  undo.made.sort((a, b) => (a.path < b.path ? -1 : 1));
  return undo;
}

/** Parents of databases that were kept while the rest of /var was not. */
async function missingParents(commit: CommitReader, moves: LayoutMove[]): Promise<LayoutUndo['made']> {
  const wanted = new Set<string>();
  for (const { plain } of moves)
    for (let end = plain.lastIndexOf('/'); end > 0; end = plain.lastIndexOf('/', end - 1))
      if (plain.startsWith('/var/') && end > '/var'.length) wanted.add(plain.slice(0, end));
  const paths = [...wanted];
  const factory = moves.find(({ plain }) => plain === '/var')?.ostree ?? '/var';
  const nodes = await commit.lookup(paths.map((path) => factory + path.slice('/var'.length)));
  return paths
    .filter((_, i) => nodes[i]?.type !== 'dir')
    .map((path) => ({ path, mode: 0o755, uid: 0, gid: 0 }));
}

const databaseMoves = (): LayoutMove[] =>
  ['/usr/lib/sysimage/dpkg', ...FOREIGN_DATABASES].map((ostree) => ({ plain: '/var/lib/dpkg', ostree }));

async function kernelsBesideModules(commit: CommitReader): Promise<string[]> {
  const [modules] = await commit.lookup(['/usr/lib/modules']);
  if (modules?.type !== 'dir') return [];
  const versions = (await commit.list('/usr/lib/modules', 1)).map(({ path }) => path.split('/').at(-1)!);
  const nodes = await commit.lookup(versions.map((version) => `/usr/lib/modules/${version}/vmlinuz`));
  return versions.filter((_, i) => nodes[i]?.type === 'file');
}

async function presence(commit: CommitReader, paths: string[]): Promise<Map<string, string>> {
  const nodes = await commit.lookup(paths);
  const found = new Map<string, string>();
  nodes.forEach((node, i) => {
    if (node && node.type !== 'blocked') found.set(paths[i]!, node.type);
  });
  return found;
}
