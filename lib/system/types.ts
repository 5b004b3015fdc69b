import type { RunOptions } from '../monitor/monitor.ts';
import type {
  ComposeLayerOptions,
  ComposeRootfsOptions,
  ComposeTreeOptions,
  DedupOptions,
  DeployOptions,
  ImportOptions,
  InstallOptions,
  ResolveOptions,
  StatusOptions,
  UninstallOptions,
  WhyOptions,
} from './requests.ts';
import type {
  ComposeResult,
  DedupResult,
  HostResult,
  ImportResult,
  ResolveResult,
  RootfsResult,
  StatusResult,
  WhyResult,
} from './results.ts';

/**
 * The engine: one method per intent of the user. Values in and out are plain; nothing is printed.
 *
 * Every method is a transaction of its own: it succeeds, or throws an `AptOstreeError` and nothing has changed.
 * An abort of `run.signal` rejects with the signal's reason. Methods that write take the lock of their repository or
 * sysroot and throw `ERR_LOCKED` when another process holds it for longer than `wait`.
 */
export interface AptOstreeSystem extends AsyncDisposable {
  /** Composes a treefile and sets its ref. @throws ERR_TREEFILE, ERR_APT_UNRESOLVABLE, ERR_SCRIPT_FAILED, ... */
  composeTree(options: ComposeTreeOptions, run?: RunOptions): Promise<ComposeResult>;
  /** The same tree as an ordinary Debian root; files are copies, never links into the repository. */
  composeRootfs(options: ComposeRootfsOptions, run?: RunOptions): Promise<RootfsResult>;
  /** A base commit plus and minus packages, as a new commit. No host is involved. */
  composeLayer(options: ComposeLayerOptions, run?: RunOptions): Promise<ComposeResult>;
  /** What would be installed, why, and in which order. @throws ERR_APT_UNRESOLVABLE with the chain of reasons. */
  resolve(options: ResolveOptions, run?: RunOptions): Promise<ResolveResult>;
  /** Imports packages as commits. @throws ERR_DEB_FORMAT and its kin; no package is then imported. */
  importDebs(options: ImportOptions, run?: RunOptions): Promise<ImportResult>;
  /** Makes equal files of ordinary folders share their content through hardlinks. */
  dedup(options: DedupOptions, run?: RunOptions): Promise<DedupResult>;
  /** The layer that a path comes from. @throws ERR_OSTREE_NOT_FOUND when the tree has no such path. */
  why(options: WhyOptions, run?: RunOptions): Promise<WhyResult>;

  status(options?: StatusOptions, run?: RunOptions): Promise<StatusResult>;
  /** Deploys a commit; makes the first deployment of an empty sysroot too. */
  deploy(options: DeployOptions, run?: RunOptions): Promise<HostResult>;
  /** Requests packages (and takes requests back) and deploys the result. */
  install(options: InstallOptions, run?: RunOptions): Promise<HostResult>;
  /** @throws ERR_NOT_LAYERED for a package that nobody asked for. */
  uninstall(options: UninstallOptions, run?: RunOptions): Promise<HostResult>;
}

/** The names of all methods; what a message channel may call. */
export const SYSTEM_METHODS = [
  'composeTree',
  'composeRootfs',
  'composeLayer',
  'resolve',
  'importDebs',
  'dedup',
  'why',
  'status',
  'deploy',
  'install',
  'uninstall',
] as const satisfies readonly Exclude<keyof AptOstreeSystem, symbol>[];

export type SystemMethod = (typeof SYSTEM_METHODS)[number];
