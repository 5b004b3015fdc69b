import type { RunOptions } from '../monitor/monitor.ts';
import type { ScriptExecutionManager } from '../scripts/script-execution-manager.ts';
import type { FailureDecision, ScriptResult } from '../scripts/types.ts';
import type {
  ComposeLayerOptions,
  ComposeRootfsOptions,
  ComposeTreeOptions,
  DedupOptions,
  DeployOptions,
  HistoryOptions,
  ImportOptions,
  InstallOptions,
  OpenScriptsOptions,
  ResolveOptions,
  StatusOptions,
  TryScriptsOptions,
  UninstallOptions,
  WhyOptions,
} from './requests.ts';
import type {
  ComposeResult,
  DedupResult,
  HistoryResult,
  HostResult,
  ImportResult,
  ResolveResult,
  RootfsResult,
  StatusResult,
  TryScriptsResult,
  WhyResult,
} from './results.ts';

/** Options of methods that run maintainer scripts. */
export interface TransactionRun extends RunOptions {
  /**
   * Asked about each script that failed and that the request itself does not forgive. What the script did is undone
   * already. What it throws ends the transaction.
   */
  decideScript?(result: ScriptResult): FailureDecision | Promise<FailureDecision>;
}

/**
 * The engine: one method per intent of the user. Values in and out are plain; nothing is printed.
 *
 * Every method is a transaction of its own: it succeeds, or throws an `AptOstreeError` and nothing has changed.
 * An abort of `run.signal` rejects with the signal's reason. Methods that write take the lock of their repository or
 * sysroot and throw `ERR_LOCKED` when another process holds it for longer than `wait`.
 */
export interface AptOstreeSystem extends AsyncDisposable {
  /** Composes a treefile and sets its ref. @throws ERR_TREEFILE, ERR_APT_UNRESOLVABLE, ERR_SCRIPT_FAILED, ... */
  composeTree(options: ComposeTreeOptions, run?: TransactionRun): Promise<ComposeResult>;
  /** The same tree as an ordinary Debian root; files are copies, never links into the repository. */
  composeRootfs(options: ComposeRootfsOptions, run?: TransactionRun): Promise<RootfsResult>;
  /** A base commit plus and minus packages, as a new commit. No host is involved. */
  composeLayer(options: ComposeLayerOptions, run?: TransactionRun): Promise<ComposeResult>;
  /** Runs the scripts that packages bring on a base commit, and tells what each changes. Nothing is committed. */
  tryScripts(options: TryScriptsOptions, run?: RunOptions): Promise<TryScriptsResult>;
  /**
   * Opens a working tree on a commit or a folder, to run maintainer scripts on one by one, see what each changes and
   * undo it. Nothing is committed, and the base stays as it is. The repository is locked only while this opens.
   * `run.signal` ends the opening; what is open is ended by `close`, and when the system is closed.
   *
   * @throws ERR_OSTREE_NOT_FOUND (no such commit), ERR_DPKG_DATABASE (no Debian tree), ERR_PERMISSION without root,
   *   ERR_LOCKED, ERR_USAGE
   */
  openScripts(options: OpenScriptsOptions, run?: RunOptions): Promise<ScriptExecutionManager>;
  /** What would be installed, why, and in which order. @throws ERR_APT_UNRESOLVABLE with the chain of reasons. */
  resolve(options: ResolveOptions, run?: RunOptions): Promise<ResolveResult>;
  /** Imports packages as commits. @throws ERR_DEB_FORMAT and its kin; no package is then imported. */
  importDebs(options: ImportOptions, run?: RunOptions): Promise<ImportResult>;
  /** Makes equal files of ordinary folders share their content through hardlinks. */
  dedup(options: DedupOptions, run?: RunOptions): Promise<DedupResult>;
  /** The layer that a path comes from. @throws ERR_OSTREE_NOT_FOUND when the tree has no such path. */
  why(options: WhyOptions, run?: RunOptions): Promise<WhyResult>;
  /** The scripts and steps that a commit comes from, and the paths that each changed. */
  history(options?: HistoryOptions, run?: RunOptions): Promise<HistoryResult>;

  status(options?: StatusOptions, run?: RunOptions): Promise<StatusResult>;
  /** Deploys a commit; makes the first deployment of an empty sysroot too. */
  deploy(options: DeployOptions, run?: RunOptions): Promise<HostResult>;
  /** Requests packages (and takes requests back) and deploys the result. */
  install(options: InstallOptions, run?: TransactionRun): Promise<HostResult>;
  /** @throws ERR_NOT_LAYERED for a package that nobody asked for. */
  uninstall(options: UninstallOptions, run?: TransactionRun): Promise<HostResult>;
}

/** The names of the methods that are one call of a message channel each; `openScripts` is more than one. */
export const SYSTEM_METHODS = [
  'composeTree',
  'composeRootfs',
  'composeLayer',
  'tryScripts',
  'resolve',
  'importDebs',
  'dedup',
  'why',
  'history',
  'status',
  'deploy',
  'install',
  'uninstall',
] as const satisfies readonly Exclude<keyof AptOstreeSystem, symbol>[];

export type SystemMethod = (typeof SYSTEM_METHODS)[number];
