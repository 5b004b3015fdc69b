import type { Change, LayerChange } from '../assembly/types.ts';
import type { CommitReader } from './commit-reader.ts';
import { isInside, translate } from './moves.ts';
import { plainLayer } from './plain-layer.ts';
import { readUndo, undoChanges } from './undo.ts';

/** The plain Debian tree that a commit stands for. */
export interface PlainView {
  /** Subtrees that stand elsewhere in the commit. */
  mounts: { plain: string; place: string }[];
  /** Where the commit has what stands at a plain path; null where the plain tree has nothing there. */
  place(plain: string): string | null;
  /** The plain path of a path of the commit; null for what the layout has added. */
  plainOf(place: string): string | null;
  /**
   * Directories of the plain tree that the commit has nowhere, because another tool has left them to the host;
   * `place` is null for them. `changes` and `layer` make them.
   */
  made: { path: string; mode: number; uid: number; gid: number }[];
  /** For `writeCommit`: they turn the commit's tree into the plain tree. */
  changes: Change[];
  /** The same as directories, objects and removals, for a folder laid over a checkout of the commit. */
  layer(): Promise<LayerChange[]>;
}

/** Works from the commit alone, also for trees that other tools have laid out. */
export async function plainView(commit: CommitReader): Promise<PlainView> {
  const undo = await readUndo(commit);
  const toPlace = undo.moves.map(({ plain, ostree }) => ({ from: plain, to: ostree }));
  const toPlain = undo.moves.map(({ plain, ostree }) => ({ from: ostree, to: plain }));
  const hidden = [...undo.removed, ...undo.moves.map(({ ostree }) => ostree), ...undo.created];
  const isHidden = (place: string) =>
    hidden.some((root) => place === root || (!undo.created.includes(root) && place.startsWith(`${root}/`)));
  return {
    mounts: undo.moves.map(({ plain, ostree }) => ({ plain, place: ostree })),
    place(plain) {
      const moved = translate(plain, toPlace);
      if (moved !== null) return isInside(moved, plain, undo.moves) ? moved : null;
      return isHidden(plain) || undo.made.some(({ path }) => path === plain) ? null : plain;
    },
    plainOf(place) {
      return translate(place, toPlain) ?? (isHidden(place) ? null : place);
    },
    made: undo.made,
    changes: undoChanges(undo),
    layer: () => plainLayer(commit, undo),
  };
}
