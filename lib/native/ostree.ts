import type { CancelBinding, NativeCall } from './call.ts';
import { loadAddon } from './load.ts';
import type {
  CommitInfo,
  ImportedDeb,
  LockHandle,
  RepoHandle,
  RepoMode,
  SandboxOutcome,
  SandboxRequest,
  ScannedEntry,
  WriteStats,
  WrittenCommit,
} from './types.ts';

/**
 * The raw surface of ostree.node. Every function that returns a promise takes a `NativeCall` last and works on a
 * thread of its own. `changes` buffers are made by `packChanges`.
 */
export interface OstreeBinding extends CancelBinding {
  openRepo(path: string, create: RepoMode | null, call: NativeCall): Promise<RepoHandle>;
  closeRepo(repo: RepoHandle): void;
  repoMode(repo: RepoHandle): RepoMode;

  resolveRev(repo: RepoHandle, rev: string, call: NativeCall): Promise<string | null>;
  listRefs(repo: RepoHandle, prefix: string | null, call: NativeCall): Promise<Record<string, string>>;
  /** Sets or deletes (`to` null) a ref; `expected` undefined skips the check, null demands that it does not exist. */
  setRef(
    repo: RepoHandle,
    ref: string,
    to: string | null,
    expected: string | null | undefined,
    call: NativeCall,
  ): Promise<void>;
  readCommit(repo: RepoHandle, rev: string, call: NativeCall): Promise<CommitInfo>;

  /** At most one transaction a handle. Imports and commits may run in it at the same time. */
  beginTransaction(repo: RepoHandle, call: NativeCall): Promise<void>;
  commitTransaction(repo: RepoHandle, call: NativeCall): Promise<WriteStats>;
  abortTransaction(repo: RepoHandle, call: NativeCall): Promise<void>;

  /** Part of the refs of imported packages: another version makes another commit of the same .deb. */
  readonly importerVersion: string;
  /** Imports one .deb within the open transaction; sets its ref when the transaction commits. */
  importDeb(
    repo: RepoHandle,
    file: string,
    expectedSha256: string | null,
    call: NativeCall,
  ): Promise<ImportedDeb>;

  /** Packed nodes, see `unpackNodes`; `Repo.lookup` says what they mean. */
  lookup(repo: RepoHandle, rev: string, paths: string[], call: NativeCall): Promise<Buffer>;
  /** Packed entries, see `unpackEntries`; `Repo.listTree` says which. */
  listTree(repo: RepoHandle, rev: string, path: string, depth: number, call: NativeCall): Promise<Buffer>;
  readFiles(repo: RepoHandle, rev: string, paths: string[], call: NativeCall): Promise<(Buffer | null)[]>;
  readObjects(repo: RepoHandle, checksums: string[], call: NativeCall): Promise<Buffer[]>;
  hasBytesOf(repo: RepoHandle, checksum: string, file: string, call: NativeCall): Promise<boolean>;

  /** See `Repo.writeCommit`. */
  writeCommit(
    repo: RepoHandle,
    base: string | null,
    changes: Buffer,
    commit: {
      parent: string | null;
      subject: string;
      body: string;
      timestamp: number;
      metadata: Record<string, string | boolean | string[]>;
    },
    call: NativeCall,
  ): Promise<WrittenCommit>;

  /** See `Repo.checkout`. */
  checkout(
    repo: RepoHandle,
    rev: string,
    subpath: string,
    dir: string,
    how: 'hardlink' | 'copy',
    call: NativeCall,
  ): Promise<{ files: number; bytesCopied: number }>;
  /** See `Repo.materialize`. */
  materialize(
    repo: RepoHandle,
    dir: string,
    changes: Buffer,
    overlay: boolean,
    call: NativeCall,
  ): Promise<{ links: number }>;
  /** Lists an overlay upper folder: itself first, as "/". */
  scanLayer(dir: string, call: NativeCall): Promise<ScannedEntry[]>;
  /** Moves all of the upper layer's entries into the lower layer folder, with overlay semantics; `upper` is empty afterwards. */
  squash(upper: string, lower: string, call: NativeCall): Promise<void>;
  /** See `removeTree`. */
  removeTree(dir: string, call: NativeCall): Promise<void>;

  runSandbox(request: SandboxRequest, call: NativeCall): Promise<SandboxOutcome>;

  /** Exclusive lock on a file; null when another holds it. It ends with the handle or the process. */
  tryLock(file: string): LockHandle | null;
  unlock(lock: LockHandle): void;

  pullLocal(target: RepoHandle, source: string, refs: string[], call: NativeCall): Promise<WriteStats>;
}

let loaded: OstreeBinding | undefined;

export function ostreeBinding(): OstreeBinding {
  loaded ??= loadAddon('ostree') as OstreeBinding;
  return loaded;
}
