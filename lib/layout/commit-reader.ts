import type { TreeEntry, TreeNode } from '../native/types.ts';

/** Reading access to one commit, with the commit's own paths. */
export interface CommitReader {
  lookup(paths: string[]): Promise<(TreeNode | null)[]>;
  /** All below a directory, parents first; `depth` 1: its own entries; 0: no limit. */
  list(path: string, depth: number): Promise<TreeEntry[]>;
  read(paths: string[]): Promise<(Buffer | null)[]>;
}
