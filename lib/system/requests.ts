/** What the methods of `AptOstreeSystem` take: plain values that a message channel can carry. */

import type { TreefileInput } from '../compose/treefile-schema.ts';
import type { Repos } from '../resolution/plan.ts';
import type { FailurePolicy } from '../scripts/types.ts';

export interface SystemOptions {
  /** Root of the host to work on; default "/". */
  sysroot?: string | undefined;
  /** Name of the OS within the sysroot; default: the booted one, or the only one. */
  os?: string | undefined;
  /** The repository; default: that of the sysroot. */
  repo?: string | undefined;
  /** apt's lists and archives; default: /var/cache/apt-ostree. */
  cacheDir?: string | undefined;
  /** Sources of what is installed on a host; default: the apt configuration of the machine that the engine runs on. */
  repos?: Repos | undefined;
  /** Seconds to wait for a lock that another process holds: 0 fails at once (the default), Infinity waits. */
  wait?: number | undefined;
}

/** A treefile on disk, or its content; relative paths in it are then those of the working directory. */
export type TreefileSource = string | TreefileInput;

/** What happens when a maintainer script fails; without these, the transaction ends. */
export interface ScriptOptions {
  /** How many more times a script is run, each on the tree as it was before the first. Default 0. */
  retry?: number | undefined;
  /** `package.script`: what these did is undone, and the tree goes without it. Recorded in the commit. */
  skip?: string[] | undefined;
}

/** The same for a host, which remembers `skip`: the next transactions use it too, and `status` shows it. */
export interface HostScriptOptions extends ScriptOptions {
  /** `package.script`: must succeed again from now on. @throws ERR_USAGE for one that the host does not skip */
  unskip?: string[] | undefined;
}

interface BuildOptions {
  /** Plan only: nothing is fetched or written. */
  dryRun?: boolean | undefined;
  /** Fetch the packages and stop. */
  downloadOnly?: boolean | undefined;
  /** Build even when nothing changed, and run every script anew. */
  forceNocache?: boolean | undefined;
  scripts?: ScriptOptions | undefined;
}

export interface ComposeTreeOptions extends BuildOptions {
  treefile: TreefileSource;
  /** Take exactly the versions of this lockfile. */
  lockfile?: string | undefined;
  /** Write the versions that were taken. */
  writeLockfile?: string | undefined;
  /** Parent of the new commit, whose accounts keep their numbers; default: what the ref holds; null: none. */
  parent?: string | null | undefined;
}

export interface ComposeRootfsOptions {
  treefile: TreefileSource;
  /** Must not exist, or be empty. */
  dir: string;
  lockfile?: string | undefined;
  writeLockfile?: string | undefined;
  scripts?: ScriptOptions | undefined;
}

export interface ComposeLayerOptions extends BuildOptions {
  base: string;
  /** The ref that receives the commit. */
  ref: string;
  /** apt's package arguments, `./local.deb` among them. */
  install: string[];
  remove?: string[] | undefined;
  /** Its `repos` (and nothing else) are used; default: the host's. */
  treefile?: TreefileSource | undefined;
  /** Parent of the new commit, whose accounts keep their numbers; default: what the ref holds; null: none. */
  parent?: string | null | undefined;
  /** Also write the tree as an ordinary root into this folder. */
  rootfs?: string | undefined;
}

export interface ResolveOptions {
  install: string[];
  remove?: string[] | undefined;
  /** Start from nothing, with this treefile's packages and sources. */
  treefile?: TreefileSource | undefined;
  /** Start from what this commit holds. */
  base?: string | undefined;
  /** Draw the graph into this file, `.svg` or `.dot`. */
  graph?: string | undefined;
}

export interface ImportOptions {
  files: string[];
}

export interface DedupOptions {
  dirs: string[];
  ignoreMtime?: boolean | undefined;
  dryRun?: boolean | undefined;
}

export interface WhyOptions {
  path: string;
  /** A ref or commit; default: the booted deployment, or the one that boots next. */
  ref?: string | undefined;
}

export interface TryScriptsOptions {
  base: string;
  /** apt's package arguments, `./local.deb` among them. */
  install: string[];
  /** Its `repos` (and nothing else) are used; default: the host's. */
  treefile?: TreefileSource | undefined;
}

export interface OpenScriptsOptions {
  /** The tree to run on: a ref or commit of the repository. It must stay there until the end. */
  base?: string | undefined;
  /** Instead: the root of a Debian system in a folder. It is only read, and must not change until the end. */
  root?: string | undefined;
  /** What happens when a script fails, unless `execute` says something else. Default: `execute` throws. */
  policy?: FailurePolicy | undefined;
  /** Seconds after which a script is killed. Default 1,800. */
  timeoutSeconds?: number | undefined;
  /** Bytes of output that are kept of a script. Default 16 MiB. */
  outputLimit?: number | undefined;
}

export interface HistoryOptions {
  /** A ref or commit; default: the booted deployment, or the one that boots next. */
  ref?: string | undefined;
  /** Leave out what was not done by a maintainer script. */
  scripts?: boolean | undefined;
}

/** Options of every method that changes a host. */
export interface HostOptions {
  dryRun?: boolean | undefined;
  /** Reboot into the new deployment once it is staged. */
  reboot?: boolean | undefined;
  /** Stage it, but wait for `finalize-deployment` before it takes effect. */
  lockFinalization?: boolean | undefined;
}

export interface DeployOptions extends HostOptions {
  /** A ref, a commit, or `version=V` of the origin's history. */
  rev: string;
  /** Kernel arguments to add, for the first deployment of a sysroot. */
  kargs?: string[] | undefined;
}

export interface InstallOptions extends HostOptions {
  install: string[];
  uninstall?: string[] | undefined;
  /** A package that is requested already is no error. */
  idempotent?: boolean | undefined;
  /** A package that the base holds already is recorded as a request. */
  allowInactive?: boolean | undefined;
  scripts?: HostScriptOptions | undefined;
}

export interface UninstallOptions extends HostOptions {
  packages: string[];
  /** Take back every request. */
  all?: boolean | undefined;
  scripts?: HostScriptOptions | undefined;
}

export interface StatusOptions {
  /** Only the booted deployment. */
  booted?: boolean | undefined;
}
