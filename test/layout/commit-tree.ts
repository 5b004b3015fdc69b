import { toMetadata } from '../../lib/assembly/base-reader.ts';
import type { TreeView } from '../../lib/assembly/types.ts';
import type { CommitReader } from '../../lib/layout/commit-reader.ts';
import type { TreeEntry } from '../../lib/native/types.ts';

/** The tree of a commit as it is, with no layers. */
export function commitTree(commit: CommitReader): TreeView {
  return {
    prefetch: async () => {},
    lookup: async (path) => toMetadata((await commit.lookup([path]))[0] ?? null),
    list: async (path, depth = 0) =>
      (await commit.list(path, depth)).map(({ path: at, node }: TreeEntry) => ({
        path: at,
        node: toMetadata(node)!,
      })),
    read: async (path) => (await commit.read([path]))[0] ?? null,
    readMany: (paths) => commit.read(paths),
  };
}
