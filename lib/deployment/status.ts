import type { DeploymentState, SysrootState } from '../native/sysroot.ts';
import type { CommitInfo } from '../native/types.ts';
import { parseSkipped } from '../scripts/skipped.ts';
import { commitVersion, parseLayerMetadata } from './layer-metadata.ts';
import { emptyOrigin, type Origin, parseOrigin } from './origin.ts';

/** Names as in rpm-ostree's JSON: `requested-X` is what was asked, `X` what is in effect. */
export interface DeploymentReport {
  id: string;
  osname: string;
  checksum: string;
  serial: number;
  version: string | null;
  /** Seconds since the epoch. */
  timestamp: number;
  booted: boolean;
  staged: boolean;
  pinned: boolean;
  unlocked: string;
  /** The refspec that upgrades follow. */
  origin: string | null;
  /** Null where the deployment is its base. */
  'base-checksum': string | null;
  'base-version': string | null;
  'base-timestamp': number | null;
  'requested-packages': string[];
  'requested-local-packages': string[];
  packages: string[];
  'requested-base-removals': string[];
  'base-removals': string[];
  'requested-base-local-replacements': string[];
  'base-local-replacements': string[];
  /** `package.script` of each script that may fail: its work is then undone. */
  'requested-skipped-scripts': string[];
  /** `package.script` of each script that failed and that the tree goes without. */
  'skipped-scripts': string[];
  'regenerate-initramfs': boolean;
  kargs: string[];
}

/** The deployments of a sysroot, the one that boots next first. `readCommit` gives null for one that is not there. */
export async function reportDeployments(
  state: SysrootState,
  readCommit: (checksum: string) => Promise<CommitInfo | null>,
): Promise<DeploymentReport[]> {
  return Promise.all(
    state.deployments.map(async (deployment) => {
      const commit = await readCommit(deployment.checksum);
      const layer = commit && parseLayerMetadata(commit);
      const base = layer && commit.parent ? await readCommit(commit.parent) : null;
      return report(deployment, { commit, base, baseChecksum: layer ? commit.parent : null });
    }),
  );
}

interface Commits {
  commit: CommitInfo | null;
  base: CommitInfo | null;
  baseChecksum: string | null;
}

function report(deployment: DeploymentState, { commit, base, baseChecksum }: Commits): DeploymentReport {
  const { id, osname, checksum, serial, booted, staged, pinned, unlocked, kargs } = deployment;
  const origin = originOf(deployment);
  const layer = commit && parseLayerMetadata(commit);
  return {
    id,
    osname,
    checksum,
    serial,
    version: commit && commitVersion(commit),
    timestamp: commit?.timestamp ?? 0,
    booted,
    staged,
    pinned,
    unlocked,
    origin: origin.refspec || null,
    'base-checksum': baseChecksum,
    'base-version': base && commitVersion(base),
    'base-timestamp': base?.timestamp ?? null,
    'requested-packages': origin.packages,
    'requested-local-packages': origin.localPackages,
    packages: layer?.packages ?? [],
    'requested-base-removals': origin.removals,
    'base-removals': layer?.removed ?? [],
    'requested-base-local-replacements': origin.localReplacements,
    'base-local-replacements': layer?.replaced ?? [],
    'requested-skipped-scripts': origin.skipScripts,
    'skipped-scripts': commit ? parseSkipped(commit) : [],
    'regenerate-initramfs': origin.regenerateInitramfs,
    kargs,
  };
}

/** A deployment without an origin is shown, and follows nothing. */
function originOf({ origin }: DeploymentState): Origin {
  return origin.trim() === '' ? emptyOrigin('') : parseOrigin(origin);
}
