/** What the methods of `AptOstreeSystem` give back: plain values, printed as they are by `--json`. */

import type { PathChange } from '../assembly/types.ts';
import type { DeploymentReport } from '../deployment/status.ts';
import type { ErrorValue } from '../errors/error.ts';
import type { ScriptState } from '../scripts/types.ts';

/** What a transaction does to one package. */
export interface PackageAction {
  name: string;
  version: string;
  architecture: string;
  /** Of the .deb; "" for a removed package. */
  sha256: string;
  action: 'install' | 'upgrade' | 'downgrade' | 'remove';
}

/** One maintainer script, trigger or treefile step that ran, in order. */
export interface ScriptRun {
  package: string;
  script: string;
  args: string[];
  /** `skipped`: it failed, what it did is undone, and the tree goes without it. */
  state: ScriptState;
  /** null: a signal ended it. */
  exit: number | null;
  seconds: number;
  /** The result was known from an earlier run with the same inputs; nothing ran. */
  cached: boolean;
  /** Paths that it added, changed or removed. */
  changed: string[];
}

export interface TransactionStats {
  seconds: {
    resolve: number;
    fetch: number;
    import: number;
    assemble: number;
    scripts: number;
    commit: number;
    total: number;
    /** Further stages that ran, such as `layout`, `initramfs` or `deploy`. */
    [stage: string]: number;
  };
  objects: { written: number; reused: number };
  bytesWritten: number;
  /** Largest resident set of this process, in bytes. */
  peakRss: number;
}

/** Result of `composeTree` and `composeLayer`. */
export interface ComposeResult {
  ref: string;
  /** null after a dry run, or when only downloads were asked for. */
  commit: string | null;
  base: string | null;
  /** True when the ref already held exactly this; `commit` is then the old one. */
  unchanged: boolean;
  packages: PackageAction[];
  scripts: ScriptRun[];
  stats: TransactionStats;
}

export interface RootfsResult {
  dir: string;
  packages: PackageAction[];
  scripts: ScriptRun[];
  stats: TransactionStats;
}

export interface PlannedPackage {
  name: string;
  version: string;
  architecture: string;
  /** In words: "requested", "essential", "openssh-server Depends: libwrap0 (>= 7.6-4~)". */
  reason: string;
  auto: boolean;
  /** The version that it replaces; null for a new package. */
  replaces: string | null;
  /** Bytes of the .deb. */
  size: number;
}

export interface ResolveResult {
  install: PlannedPackage[];
  remove: { name: string; version: string; architecture: string; reason: string }[];
  upgrade: PlannedPackage[];
  /** `name:architecture`, in the order of unpacking. */
  order: string[];
  /** Packages whose dependencies all lie in earlier levels. */
  levels: string[][];
  /** Packages that depend on each other. */
  cycles: string[][];
  /** Consecutive unpacks with no script between them. */
  epochs: string[][];
  downloadSize: number;
  installedSize: number;
}

export interface ImportResult {
  packages: {
    name: string;
    version: string;
    architecture: string;
    sha256: string;
    ref: string;
    commit: string;
    /** It was there already. */
    cached: boolean;
    objectsWritten: number;
    bytesWritten: number;
    seconds: number;
  }[];
  objects: { written: number; reused: number };
  bytesWritten: number;
  seconds: number;
}

export interface DedupResult {
  /** Regular files looked at. */
  files: number;
  /** Names that became links to another file (or would, in a dry run). */
  linked: number;
  bytesSaved: number;
  seconds: number;
}

/** Where a path comes from. Fields that do not apply are null. */
export interface WhyLayer {
  kind: 'base' | 'package' | 'script' | 'database' | 'treefile' | 'accounts' | 'initramfs' | 'layout';
  package: string | null;
  version: string | null;
  script: string | null;
  args: string[] | null;
}

export interface WhyResult {
  path: string;
  /** The layer that the path's present state comes from. */
  layer: WhyLayer;
  /** All layers that touched the path, the oldest first. */
  history: WhyLayer[];
}

/** One maintainer script that ran for `tryScripts`. */
export interface TriedScript {
  package: string;
  version: string;
  script: string;
  args: string[];
  state: ScriptState;
  /** null: a signal ended it. */
  exit: number | null;
  seconds: number;
  /** What it would change; of a script that failed, what it had changed by then. */
  changes: PathChange[];
}

export interface TryScriptsResult {
  /** The commit that they ran on. */
  base: string;
  packages: PackageAction[];
  /** In the order in which they ran. */
  scripts: TriedScript[];
  /** Why it ended before the last one, or null. */
  failure: ErrorValue | null;
}

/** A script or step, and the paths that it changed. */
export interface HistoryEntry extends WhyLayer {
  /** Of a script: `skipped` for one that failed and that the tree goes without. null for what is no script. */
  state: ScriptState | null;
  /** Empty for a run that changed nothing, and for a skipped one. */
  changes: Pick<PathChange, 'kind' | 'path'>[];
}

export interface HistoryResult {
  commit: string;
  /** The oldest first, those of the base before those of a layer. */
  entries: HistoryEntry[];
}

/** One deployment, with rpm-ostree's names. */
export type DeploymentStatus = DeploymentReport;

export interface StatusResult {
  /** The one that boots next comes first. */
  deployments: DeploymentStatus[];
  /** The transaction that runs just now, if there is one. */
  transaction: { title: string; pid: number } | null;
}

/** Result of every method that changes a host. */
export interface HostResult extends ComposeResult {
  /** Id of the new deployment (as in `status`); null when nothing was deployed. */
  deployment: string | null;
  /** It takes effect at shutdown, or at the next boot, of the booted host. */
  staged: boolean;
}
