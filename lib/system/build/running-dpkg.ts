import type { Incoming } from '../../assembly/incoming.ts';
import type { DpkgDatabase } from '../../dpkg/database.ts';

/** Whoever has this program is what runs scripts under dpkg, whatever its name. */
const PROGRAM = '/usr/bin/dpkg';

/**
 * The version of dpkg that would run the next script: that of the tree, which changes once another is unpacked, or
 * in a tree that has none yet that of the one to come. Empty when there is none at all.
 */
export function runningDpkg(db: DpkgDatabase, incoming: ReadonlyMap<string, Incoming>): string {
  const version = db.owners(PROGRAM)[0]?.version ?? toCome(incoming)?.version ?? '';
  return version.replace(/^\d+:/, '');
}

function toCome(incoming: ReadonlyMap<string, Incoming>): Incoming | undefined {
  return [...incoming.values()].find(({ manifest }) => manifest.entries.path.includes(PROGRAM));
}
