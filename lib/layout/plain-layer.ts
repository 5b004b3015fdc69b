import type { LayerChange } from '../assembly/types.ts';
import type { TreeNode } from '../native/types.ts';
import type { CommitReader } from './commit-reader.ts';
import { isInside, type LayoutMove } from './moves.ts';
import type { LayoutUndo } from './undo.ts';

/**
 * The plain tree as directories, objects and removals over a checkout of the commit. A removal right before a
 * directory hides all that lower layers have there: the merged /etc of a deployment must not show through.
 */
export async function plainLayer(commit: CommitReader, undo: LayoutUndo): Promise<LayerChange[]> {
  const gone = outermost([...undo.removed, ...undo.created, ...undo.moves.map(({ ostree }) => ostree)]);
  const out: LayerChange[] = gone.map((path) => ({ op: 'remove', path }));
  // By path, so that no parent comes after what stands in it and hides it.
  const moves = undo.moves.map((move) => ({ path: move.plain, move }));
  const made = undo.made.map((dir) => ({ path: dir.path, dir }));
  for (const step of [...moves, ...made].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if ('move' in step) out.push(...(await moved(commit, step.move, undo.moves)));
    else out.push({ op: 'remove', path: step.path }, { op: 'dir', ...step.dir });
  }
  return [...(await parents(commit, out)), ...out];
}

/** A removal takes all below with it, and nothing can be removed below it again. */
function outermost(paths: string[]): string[] {
  const out: string[] = [];
  for (const path of paths.toSorted())
    if (!out.some((above) => path === above || path.startsWith(`${above}/`))) out.push(path);
  return out;
}

async function moved(commit: CommitReader, move: LayoutMove, moves: LayoutMove[]): Promise<LayerChange[]> {
  const [top] = await commit.lookup([move.ostree]);
  if (!top || top.type === 'blocked') return [];
  const out: LayerChange[] = [{ op: 'remove', path: move.plain }, place(move.plain, top)];
  if (top.type !== 'dir') return out;
  for (const { path, node } of await commit.list(move.ostree, 0)) {
    const plain = move.plain + path.slice(move.ostree.length);
    if (isInside(path, plain, moves)) out.push(place(plain, node));
  }
  return out;
}

function place(path: string, node: Exclude<TreeNode, { type: 'blocked' }>): LayerChange {
  if (node.type !== 'dir') return { op: 'object', path, checksum: node.checksum };
  return { op: 'dir', path, mode: node.mode, uid: node.uid, gid: node.gid };
}

/** Directories above what changes keep the metadata that they have in the commit. */
async function parents(commit: CommitReader, changes: LayerChange[]): Promise<LayerChange[]> {
  const given = new Set(changes.filter(({ op }) => op === 'dir').map(({ path }) => path));
  const wanted = new Set<string>();
  for (const { path } of changes)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const dir = path.slice(0, end);
      if (!given.has(dir)) wanted.add(dir);
    }
  const paths = [...wanted].sort();
  const nodes = await commit.lookup(paths);
  return paths.flatMap((path, i) => {
    const node = nodes[i];
    return node?.type === 'dir' ? [place(path, node)] : [];
  });
}
