import type { Change, SandboxOutcome, ScannedEntry, TreeEntry } from '../native/types.ts';

/** What stands at a path of a tree (never `blocked`: see `TreeView.lookup`). */
export type FileMetadata =
  | { type: 'dir'; mode: number; uid: number; gid: number }
  | {
      type: 'file';
      mode: number;
      uid: number;
      gid: number;
      size: number;
      /** Its content object, or "" while it lies in a layer folder (`from`) and is not an object yet. */
      checksum: string;
      from: string;
    }
  | { type: 'symlink'; uid: number; gid: number; target: string; checksum: string; from: string };

/**
 * Reading access to a whole plain Debian tree: /etc, /var and /var/lib/dpkg at their ordinary places,
 * whatever the commit below stores where. Symlinks are not followed, except by `resolve`.
 */
export interface TreeView {
  /** Loads what the base holds at these paths in one go, so that later look-ups need no native call. */
  prefetch(paths: Iterable<string>): Promise<void>;
  /** What stands exactly at a path whose parents are real directories; null where nothing does. */
  lookup(path: string): Promise<FileMetadata | null>;
  /** All below a directory, parents first, in byte order of the path; `depth` 1: its own entries. */
  list(path: string, depth?: number): Promise<{ path: string; node: FileMetadata }[]>;
  /** Content of a regular file; null when there is none. */
  read(path: string): Promise<Buffer | null>;
  readMany(paths: string[]): Promise<(Buffer | null)[]>;
}

/** Where a change comes from. Recorded in the commit; `why` reads it. */
export type LayerOrigin =
  | { kind: 'base' }
  | { kind: 'package'; package: string; version: string; architecture: string }
  | { kind: 'script'; package: string; version: string; architecture: string; script: string; args: string[] }
  | { kind: 'database' }
  | { kind: 'treefile'; step: string }
  /** Accounts of an earlier tree that keep their numbers. */
  | { kind: 'accounts' }
  | { kind: 'initramfs' }
  | { kind: 'layout' };

/**
 * A change with bytes that are not in the repository yet, or with all that is known of an object.
 * A stack takes `dir`, `remove`, `node`, `write` and `symlink` only.
 */
export type LayerChange =
  | Change
  /** A content object of the repository, with what it is. */
  | { op: 'node'; path: string; node: Exclude<FileMetadata, { type: 'dir' }> }
  | { op: 'write'; path: string; mode: number; uid: number; gid: number; data: Buffer }
  | { op: 'symlink'; path: string; uid: number; gid: number; target: string };

export interface RunRequest {
  origin: LayerOrigin;
  argv: string[];
  env: Record<string, string>;
  timeoutSeconds: number;
  /** Where stdout and stderr go, in full up to `outputLimit`. */
  log: string;
  outputLimit?: number;
  /** Folders laid over the tree for this run only, topmost first; they never enter the result. */
  masks?: string[];
  extra?: string[];
  signal?: AbortSignal | undefined;
}

/** How one path differs from what was there before a run. */
export interface PathChange {
  path: string;
  kind: 'added' | 'modified' | 'metadata' | 'removed';
  type: ScannedEntry['type'];
  /** Bytes of a regular file as it is now; of one that is gone, 0. */
  size: number;
  /** Bytes of the regular file that stood there before; null where none did. */
  sizeBefore: number | null;
}

export interface LayerRun {
  outcome: SandboxOutcome;
  /** Changes of the run itself, without what the engine had placed and without directories copied up unchanged. */
  changes: PathChange[];
}

declare const savepointBrand: unique symbol;
export interface Savepoint {
  readonly [savepointBrand]: true;
}

/** The stack of layers of one transaction. Not safe for concurrent use. */
export interface LayerStack extends AsyncDisposable {
  readonly tree: TreeView;
  /** Adds changes on top; they become real on disk when the next program runs. */
  push(origin: LayerOrigin, changes: LayerChange[]): void;
  /** Mounts the stack with a fresh upper folder, runs the program in the sandbox and pushes what it changed. */
  run(request: RunRequest): Promise<LayerRun>;
  /** Remembers this state until it is popped or released; savepoints nest. */
  savepoint(): Promise<Savepoint>;
  /** Undoes every layer pushed since the latest savepoint, and ends it. */
  pop(to: Savepoint): Promise<void>;
  /** Ends the latest savepoint and keeps the layers; they may be squashed from now on. */
  release(to: Savepoint): void;
  /** All changes from the base to the top, ready for a commit. */
  fold(): Promise<Change[]>;
}

export type { Change, TreeEntry };
