import type { CancelBinding, NativeCall } from './call.ts';
import { loadAddon } from './load.ts';

/** A package argument, taken apart; absent parts are empty. */
export interface RawSelector {
  text: string;
  name: string;
  architecture: string;
  version: string;
  suite: string;
  /** Absolute path of a local .deb. */
  file: string;
}

export interface RawResolveInput {
  /** Lock file of the lists, held shared. */
  listsLock: string;
  install: RawSelector[];
  remove: RawSelector[];
  upgrade: boolean;
  essential: boolean;
  purge: boolean;
}

export interface RawPackage {
  name: string;
  version: string;
  architecture: string;
  replaces: string | null;
  auto: boolean;
  /** "requested", "essential", "upgrade", or "" for what others need. */
  reason: string;
  essential: boolean;
  /** From a local .deb: `filename` is its path, and the hash is not known. */
  local: boolean;
  multiArch: string;
  priority: string;
  section: string;
  source: string;
  filename: string;
  sha256: string;
  size: number;
  installedSize: number;
  relations: Record<string, string>;
}

/** An argument that no source can serve. */
export interface UnknownArgument {
  text: string;
  name: string;
  reason:
    | 'name'
    | 'architecture'
    | 'version'
    | 'suite'
    | 'virtual'
    | 'file'
    | 'not-installed'
    | 'no-candidate';
  /** Near names, the versions that exist, or the providers. */
  near: string[];
}

export interface UnmetAlternative {
  name: string;
  /** ">= 2", or "". */
  constraint: string;
  /** The version that would be there, or "". */
  planned: string;
  /** The version that could be chosen, or "". */
  candidate: string;
  reason: 'missing' | 'virtual' | 'version' | 'not-chosen' | 'planned';
  providers: string[];
}

/** One relation that is not met, or a conflict that stands in the way. */
export interface UnmetRelation {
  package: string;
  version: string;
  architecture: string;
  kind: 'Depends' | 'Pre-Depends' | 'Conflicts' | 'Breaks' | 'Obsoletes';
  relation: string;
  alternatives: UnmetAlternative[];
}

export interface RawSolution {
  /** False: `unknown` or `problems` say why, and there is no plan. */
  solved: boolean;
  install: RawPackage[];
  remove: { name: string; version: string; architecture: string; reason: string }[];
  operations: { kind: 'unpack' | 'configure' | 'remove' | 'purge'; name: string; architecture: string }[];
  auto: string[];
  unknown: UnknownArgument[];
  problems: UnmetRelation[];
  warnings: string[];
  downloadSize: number;
  installedSize: number;
}

export interface FetchFailure {
  uri: string;
  text: string;
  kind: 'fetch' | 'untrusted';
}

export interface RawFetched {
  name: string;
  version: string;
  architecture: string;
  file: string;
  sha256: string;
}

/**
 * The raw surface of apt.node. libapt-pkg has process-wide state: load it in a child process of its own, one per
 * target; calls run one after another.
 */
export interface AptBinding extends CancelBinding {
  /** `config`: our apt.conf. `host`: sources, keys, pins and transport of this machine; `hostConfig`: its $APT_CONFIG. */
  configure(setup: { config: string; host: boolean; hostConfig: string }, call: NativeCall): Promise<void>;
  refresh(listsLock: string, call: NativeCall): Promise<{ failures: FetchFailure[]; warnings: string[] }>;
  resolve(input: RawResolveInput, call: NativeCall): Promise<RawSolution>;
  /** `onFile` hears of each file as it is done; `files` has them all. */
  fetch(
    wanted: { name: string; version: string; architecture: string; sha256: string }[],
    locks: { listsLock: string; archivesLock: string },
    onFile: (file: RawFetched) => void,
    call: NativeCall,
  ): Promise<{ files: RawFetched[]; failures: FetchFailure[]; warnings: string[] }>;
}

let loaded: AptBinding | undefined;

export function aptBinding(): AptBinding {
  loaded ??= loadAddon('apt') as AptBinding;
  return loaded;
}
