/**
 * Values that cross the native boundary. Paths inside trees are absolute without a trailing slash ("/usr/bin/sh");
 * the root itself is "/". Modes are the permission bits (07777); checksums are 64 lower-case hex digits.
 */

declare const repoBrand: unique symbol;
/** An open repository. Close with `closeRepo`. */
export interface RepoHandle {
  readonly [repoBrand]: true;
}

declare const lockBrand: unique symbol;
export interface LockHandle {
  readonly [lockBrand]: true;
}

export type RepoMode = 'bare' | 'archive' | 'bare-user' | 'bare-user-only';

/** What stands at a path of a commit. `blocked`: a component before the last one is not a directory. */
export type TreeNode =
  | { type: 'dir'; mode: number; uid: number; gid: number }
  | { type: 'file'; mode: number; uid: number; gid: number; size: number; checksum: string }
  | { type: 'symlink'; uid: number; gid: number; target: string; checksum: string }
  | { type: 'blocked'; at: string; target: string | null };

/** One entry of a listed tree. */
export interface TreeEntry {
  path: string;
  node: Exclude<TreeNode, { type: 'blocked' }>;
}

/**
 * One step of a tree change; the common currency of layers, checkouts and commits. Later ones win.
 * - `dir`: a directory stands there with this metadata; its content stays. Its extended attributes are those of
 *   the directory `from` on disk (the overlay's own excepted), where given; else none.
 * - `object`: the file or symlink is this content object of the repository.
 * - `file`: a regular file or symlink that lies in a layer folder on disk at `from` and becomes an object at commit.
 *   Owner, mode, xattrs and content are those on disk; times are ignored.
 * - `remove`: nothing stands there any more (a directory with all below it).
 * - `move`: what stands at `from` (a directory with all below it) stands at `path` instead. Only in commits.
 */
export type Change =
  | { op: 'dir'; path: string; mode: number; uid: number; gid: number; from?: string }
  | { op: 'object'; path: string; checksum: string }
  | { op: 'file'; path: string; from: string }
  | { op: 'remove'; path: string }
  | { op: 'move'; path: string; from: string };

/** What a script left in its upper folder. `opaque`: the directory hides everything below it in lower layers. */
export interface ScannedEntry {
  path: string;
  type: 'file' | 'dir' | 'symlink' | 'whiteout' | 'other';
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Whole seconds. */
  mtime: number;
  target: string | null;
  opaque: boolean;
  /** Names of extended attributes besides the overlay's own. */
  xattrs: string[];
  /** Same for the names of one file within this folder: "device:inode", empty where the link count is 1. */
  hardlink: string;
}

export interface CommitInfo {
  checksum: string;
  parent: string | null;
  /** Seconds since the epoch. */
  timestamp: number;
  subject: string;
  body: string;
  /** Names the tree: equal for commits whose trees are equal, whatever their metadata. */
  rootChecksum: string;
  /** Only string, boolean, number (u/i/t/x) and string-array values; other types are left out. */
  metadata: Record<string, string | boolean | number | string[]>;
}

/** A commit to be written: the tree of `base` with `changes` applied in order. */
export interface CommitRequest {
  /** A ref or checksum; null: an empty tree, whose root is a directory of root with the mode 0755. */
  base: string | null;
  changes: Iterable<Change>;
  /** Checksum of the commit before. Default: none. */
  parent?: string | null;
  subject?: string;
  body?: string;
  /** Seconds since the epoch. Default: 0. */
  timestamp?: number;
  metadata?: Record<string, string | boolean | string[]>;
}

export interface WrittenCommit extends WriteStats {
  commit: string;
  /** As `CommitInfo.rootChecksum`. */
  rootChecksum: string;
}

export interface WriteStats {
  objectsWritten: number;
  objectsReused: number;
  bytesWritten: number;
}

/** One repository member as dpkg sees it: the columns of a package's manifest, all of equal length, in dpkg's order. */
export interface ManifestColumns {
  /** Raw name as dpkg lists it: "/." first, then "/usr", "/bin/ls" ... (never canonicalised). */
  path: string[];
  /** 'd' directory, 'f' regular file, 'l' symlink, 'h' hardlink (target is the raw path of an earlier member). */
  type: string;
  mode: number[];
  uid: number[];
  gid: number[];
  uname: string[];
  gname: string[];
  /** Of a hardlink: that of its file. */
  size: number[];
  mtime: number[];
  /** Symlink target, or raw path of the hardlink's first name; "" otherwise. */
  target: string[];
  /** Content object of files, symlinks and hardlinks; "" for directories. */
  checksum: string[];
  /** MD5 of regular files and hardlinks, "" otherwise. */
  md5: string[];
}

/** All of one imported .deb that later stages need; stored as the file `manifest` of its commit. */
export interface PackageManifest {
  format: 1;
  /** The control file, verbatim. It is valid UTF-8: any other is refused. */
  control: string;
  /** Members of control.tar except `control`, in archive order; content objects live in the commit under /control. */
  members: { name: string; mode: number; size: number; checksum: string }[];
  /**
   * Text of the members that planning needs: conffiles and triggers verbatim; the four scripts as far as they are
   * text (other bytes are '?', the rest above 256 KiB is left out, and `audit` says so). What runs lies in /control.
   */
  texts: Record<string, string>;
  entries: ManifestColumns;
  /** Facts worth an audit: setuid paths, owners that are not static, wrong md5sums, files in local places. */
  audit: string[];
}

export interface ImportedDeb extends WriteStats {
  commit: string;
  /** `apt-ostree/deb/<sha256>/<importer version>` */
  ref: string;
  sha256: string;
  name: string;
  version: string;
  architecture: string;
  size: number;
  /** True when the ref existed and nothing was read but the .deb's hash. */
  cached: boolean;
  seconds: number;
}

export interface SandboxRequest {
  /** Lower folders, the topmost first. All on one file system with `upper`. */
  lowers: string[];
  /** Receives the changes. */
  upper: string;
  /** Empty folder for overlayfs' own use, same file system as `upper`. */
  work: string;
  /** Where the stack is mounted, inside a private mount namespace. */
  merged: string;
  argv: string[];
  env: Record<string, string>;
  /** Written to by the sandbox: stdout and stderr together, capped at `outputLimit` bytes. */
  log: string;
  timeoutSeconds: number;
  outputLimit: number;
  /** Extra bwrap arguments, for tests and for bind mounts of caches. */
  extra?: string[];
}

export interface SandboxOutcome {
  /** Exit status, or null when a signal ended it. */
  exit: number | null;
  signal: number | null;
  timedOut: boolean;
  outputTruncated: boolean;
  seconds: number;
  /** Last lines of the output, up to 4 KiB. */
  tail: string;
}
