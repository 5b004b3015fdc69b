import type { CallOptions } from '../native/call.ts';
import type { Repo } from '../native/repo.ts';
import type { TreeEntry, TreeNode } from '../native/types.ts';

/** Reading access to one commit, with the commit's own paths. */
export interface CommitReader {
  lookup(paths: string[]): Promise<(TreeNode | null)[]>;
  /** All below a directory, parents first; `depth` 1: its own entries; 0: no limit. */
  list(path: string, depth: number): Promise<TreeEntry[]>;
  read(paths: string[]): Promise<(Buffer | null)[]>;
}

/** Reads a commit of an open repository. @param rev a ref or checksum; use a checksum where the ref may move. */
export function commitReader(repo: Repo, rev: string, options?: CallOptions): CommitReader {
  return {
    lookup: (paths) => repo.lookup(rev, paths, options),
    list: (path, depth) => repo.listTree(rev, path, depth > 0 ? { ...options, depth } : options),
    read: (paths) => repo.readFiles(rev, paths, options),
  };
}
