import { type CallOptions, callNative, callNativeSync, type NativeCall } from './call.ts';
import { packChanges } from './changes.ts';
import { unpackEntries, unpackNodes } from './nodes.ts';
import { type OstreeBinding, ostreeBinding } from './ostree.ts';
import { Transaction } from './transaction.ts';
import type {
  Change,
  CommitInfo,
  CommitRequest,
  RepoHandle,
  RepoMode,
  TreeEntry,
  TreeNode,
  WriteStats,
  WrittenCommit,
} from './types.ts';

export interface OpenOptions extends CallOptions {
  /** Makes the repository (and its folder) in this mode where there is none. */
  create?: RepoMode | undefined;
}

export interface SetRefOptions extends CallOptions {
  /** What the ref must be now: a checksum, null for "does not exist"; undefined skips the check. */
  expected?: string | null | undefined;
}

export interface ListOptions extends CallOptions {
  /** How many levels below `path`; 1: the directory's own entries. Default: all. */
  depth?: number | undefined;
}

export interface CheckoutOptions extends CallOptions {
  /** 'hardlink': files are the repository's objects, never to be written to. 'copy': nothing is shared but blocks. */
  how: 'hardlink' | 'copy';
  /** The directory of the tree that becomes `dir`; default the root. */
  subpath?: string | undefined;
}

export interface CheckedOut {
  files: number;
  bytesCopied: number;
}

export interface MaterializeOptions extends CallOptions {
  /** The folder is a layer of overlayfs. */
  overlay: boolean;
}

/**
 * An open repository. Operations may run at the same time; those of a transaction wait for its begin and end.
 * After `close` every operation fails with ERR_CLOSED; operations that run already end first.
 */
export class Repo {
  readonly path: string;
  /** For calls of `OstreeBinding` that have no method here. */
  readonly handle: RepoHandle;

  constructor(path: string, handle: RepoHandle) {
    this.path = path;
    this.handle = handle;
  }

  /** @throws ERR_CLOSED */
  get mode(): RepoMode {
    return callNativeSync(() => ostreeBinding().repoMode(this.handle));
  }

  /** Runs one native operation on this repository. */
  call<T>(
    options: CallOptions | undefined,
    run: (binding: OstreeBinding, repo: RepoHandle, call: NativeCall) => Promise<T>,
  ): Promise<T> {
    const binding = ostreeBinding();
    return callNative(binding, options, (call) => run(binding, this.handle, call));
  }

  /** The checksum that a ref, a checksum or `REV^` stands for; null where there is none. */
  resolveRev(rev: string, options?: CallOptions): Promise<string | null> {
    return this.call(options, (b, repo, call) => b.resolveRev(repo, rev, call));
  }

  /** Refs with their checksums, those below the path `prefix` only where given. */
  listRefs(prefix: string | null = null, options?: CallOptions): Promise<Record<string, string>> {
    return this.call(options, (b, repo, call) => b.listRefs(repo, prefix, call));
  }

  /**
   * Sets a ref, or deletes it (`to` null). Within a transaction it takes effect, and `expected` is checked again,
   * when that commits. Safe against other processes of apt-ostree.
   * @throws ERR_REF_MOVED
   */
  setRef(ref: string, to: string | null, options?: SetRefOptions): Promise<void> {
    return this.call(options, (b, repo, call) => b.setRef(repo, ref, to, options?.expected, call));
  }

  /** @throws ERR_OSTREE_NOT_FOUND */
  readCommit(rev: string, options?: CallOptions): Promise<CommitInfo> {
    return this.call(options, (b, repo, call) => b.readCommit(repo, rev, call));
  }

  /**
   * What stands at each path of a commit's tree; null where nothing does. Symlinks are never followed: a path
   * that leads through one, or through a file, is `blocked`.
   * @throws ERR_OSTREE_NOT_FOUND (no such commit), ERR_UNSAFE_PATH (a path that is not absolute and canonical)
   */
  async lookup(rev: string, paths: string[], options?: CallOptions): Promise<(TreeNode | null)[]> {
    return unpackNodes(await this.call(options, (b, repo, call) => b.lookup(repo, rev, paths, call)));
  }

  /**
   * Everything below the directory `path`, parents first, the names of each directory in byte order; empty where
   * no directory stands.
   */
  async listTree(rev: string, path: string, options?: ListOptions): Promise<TreeEntry[]> {
    const depth = options?.depth ?? 0x7fffffff;
    return unpackEntries(
      await this.call(options, (b, repo, call) => b.listTree(repo, rev, path, depth, call)),
    );
  }

  /** Contents of regular files of a commit's tree; null where none stands. Symlinks are not followed. */
  readFiles(rev: string, paths: string[], options?: CallOptions): Promise<(Buffer | null)[]> {
    return this.call(options, (b, repo, call) => b.readFiles(repo, rev, paths, call));
  }

  /** Contents of objects that are regular files. @throws ERR_OSTREE_NOT_FOUND */
  readObjects(checksums: string[], options?: CallOptions): Promise<Buffer[]> {
    return this.call(options, (b, repo, call) => b.readObjects(repo, checksums, call));
  }

  /**
   * Whether the regular file at `file`, which is not followed, has the bytes of an object.
   * @throws ERR_OSTREE_NOT_FOUND (no such object), ERR_SYSTEM (the file cannot be read)
   */
  hasBytesOf(checksum: string, file: string, options?: CallOptions): Promise<boolean> {
    return this.call(options, (b, repo, call) => b.hasBytesOf(repo, checksum, file, call));
  }

  /**
   * Writes a commit within the open transaction. Only changed directories are written, and of the base only the
   * directories that changes lead through are read: the cost follows the changes, not the tree. Every parent of a
   * change must be a directory by then; none is made silently. Equal requests give equal commits.
   * @throws ERR_OSTREE_NOT_FOUND (no such base, object or parent), ERR_UNSAFE_PATH (a parent is no directory; a
   * `from` is neither file nor link), ERR_NO_SPACE
   */
  writeCommit(request: CommitRequest, options?: CallOptions): Promise<WrittenCommit> {
    const commit = {
      parent: request.parent ?? null,
      subject: request.subject ?? '',
      body: request.body ?? '',
      timestamp: request.timestamp ?? 0,
      metadata: request.metadata ?? {},
    };
    const changes = packChanges(request.changes);
    return this.call(options, (b, repo, call) => b.writeCommit(repo, request.base, changes, commit, call));
  }

  /**
   * Writes a commit's tree into the new folder `dir`; times are zero (but those of links). What was written of a checkout that fails is
   * deleted.
   * @throws ERR_OSTREE_NOT_FOUND, ERR_REPO_MODE (hardlinks from a repository that is not bare), ERR_SYSTEM (`dir`
   * exists, or hardlinks into another file system), ERR_NO_SPACE
   */
  checkout(rev: string, dir: string, options: CheckoutOptions): Promise<CheckedOut> {
    const { how, subpath = '/' } = options;
    return this.call(options, (b, repo, call) => b.checkout(repo, rev, subpath, dir, how, call));
  }

  /**
   * Makes changes real in the existing folder `dir`: directories, hardlinks to committed objects and to files on
   * disk. Owner, mode and attributes of a directory are those of the change. Every parent must be a directory in
   * `dir` by then. Times of all that is touched become zero.
   *
   * With `overlay`, `remove` leaves a whiteout, and a directory that takes the place of something else in `dir`,
   * be it a whiteout, is opaque: `remove` before `dir` gives a directory that hides the one below.
   * @throws ERR_OSTREE_NOT_FOUND (no such object, or not committed yet; no such parent), ERR_UNSAFE_PATH (a parent
   * is no directory), ERR_REPO_MODE
   */
  materialize(
    dir: string,
    changes: Iterable<Change>,
    options: MaterializeOptions,
  ): Promise<{ links: number }> {
    const packed = packChanges(changes);
    return this.call(options, (b, repo, call) => b.materialize(repo, dir, packed, options.overlay, call));
  }

  /**
   * Copies refs (or commits by checksum) and all they reach from another repository of this machine, of any mode,
   * and sets the refs here. Objects are hardlinked where both are bare and on one file system.
   */
  pullLocal(source: string, refs: string[], options?: CallOptions): Promise<WriteStats> {
    return this.call(options, (b, repo, call) => b.pullLocal(repo, source, refs, call));
  }

  /** Begins the transaction; there is at most one at a time. End it with `commit`, or dispose of it. */
  async transaction(options?: CallOptions): Promise<Transaction> {
    await this.call(options, (b, repo, call) => b.beginTransaction(repo, call));
    return new Transaction(this);
  }

  /** Aborts an open transaction. May be called twice. */
  close(): void {
    ostreeBinding().closeRepo(this.handle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

/**
 * Opens a repository.
 * @throws ERR_OSTREE_NOT_FOUND, ERR_REPO_MODE (`create` names another mode than it has)
 */
export async function openRepo(path: string, options?: OpenOptions): Promise<Repo> {
  const binding = ostreeBinding();
  const create = options?.create ?? null;
  return new Repo(path, await callNative(binding, options, (call) => binding.openRepo(path, create, call)));
}
