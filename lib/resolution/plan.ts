/** Values of the resolution stage: what is asked, and what will be done. Plain JSON. */

/** deb822 source stanza, keys as in sources.list(5), lower case. */
export interface SourceStanza {
  types: string;
  uris: string;
  suites: string;
  components?: string;
  architectures?: string;
  'signed-by'?: string;
  trusted?: boolean;
  [key: string]: string | boolean | undefined;
}

/** Where packages come from: the host's own apt configuration, or these sources only. */
export type Repos = 'host' | SourceStanza[];

/** Where apt finds lists, caches and the dpkg status of the target. All paths are absolute. */
export interface AptTarget {
  /** Private folder of this target: lists, archives, generated configuration. Made when missing. */
  dir: string;
  repos: Repos;
  architecture: string;
  foreignArchitectures: string[];
  /** dpkg status file of the target; null: nothing is installed. */
  status: string | null;
  /** apt's extended_states of the target, or null. */
  extendedStates: string | null;
  /** Extra apt preferences (pins), verbatim. */
  preferences: string;
  recommends: boolean;
  /** Seconds for which lists count as fresh; 0 refreshes always, Infinity never. */
  maxAge: number;
}

/** What is asked for. Package arguments are apt's: `name`, `name=ver`, `name/suite`, `name:arch`, `./local.deb`. */
export interface ResolveRequest {
  install: string[];
  remove: string[];
  /** Removals take conffiles and postrm purge along. */
  purge?: boolean;
  /** Upgrade everything that is installed. */
  upgrade: boolean;
  /** Take every Essential: yes package too. */
  essential: boolean;
  /** Never choose these. */
  exclude: string[];
  /** Take exactly these versions (from a lockfile): key `name:arch`, value version; nothing else may be installed. */
  locked: Record<string, string> | null;
}

export interface ResolvedPackage {
  name: string;
  version: string;
  architecture: string;
  /** The version that it replaces, or null. */
  replaces: string | null;
  auto: boolean;
  /** Why it is there, in words: "requested", "essential", "openssh-server Depends: libwrap0 (>= 7.6-4~)". */
  reason: string;
  essential: boolean;
  multiArch: string;
  priority: string;
  section: string;
  source: string;
  /** Relative file name in its source, or the absolute path of a local .deb. */
  filename: string;
  sha256: string;
  /** Bytes of the .deb. */
  size: number;
  /** Bytes when installed, as the package says. */
  installedSize: number;
  /** Relation fields verbatim, by field name: Depends, Pre-Depends, Conflicts, Breaks, Replaces, Provides, Recommends. */
  relations: Record<string, string>;
}

/** One step in libapt-pkg's order. `configure` are the early ones; what is left is configured at the end. */
export interface PlanOperation {
  kind: 'unpack' | 'configure' | 'remove' | 'purge';
  name: string;
  architecture: string;
}

export interface RemovedPackage {
  name: string;
  version: string;
  architecture: string;
  reason: string;
}

/** The solution as libapt-pkg gives it. */
export interface Solution {
  install: ResolvedPackage[];
  remove: RemovedPackage[];
  operations: PlanOperation[];
  /** Packages marked automatic afterwards, `name:arch`, for extended_states. */
  auto: string[];
  downloadSize: number;
  installedSize: number;
}
