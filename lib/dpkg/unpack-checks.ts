import type { DpkgDatabase } from './database.ts';
import { relations } from './dependency-index.ts';
import { compareStates, recordKey } from './record.ts';
import type { Relation } from './relation.ts';
import { architectureMatches, provisionMatches, versionMatches } from './satisfaction.ts';
import { awaitedKeys } from './status-note.ts';
import type { PackageRecord } from './types.ts';
import { compareVersions } from './version.ts';

/**
 * Configured packages that must be deconfigured before a version is unpacked, in dpkg's order: what it breaks, the
 * last first, then its own instances of other versions. Each gets `prerm deconfigure in-favour PACKAGE VERSION` after the prerm of
 * the old version, and is configured again in the end.
 */
export function deconfigurations(db: DpkgDatabase, next: PackageRecord): PackageRecord[] {
  const siblings = db
    .instances(next.name)
    .filter((other) => recordKey(other) !== recordKey(next) && isConfigured(other))
    .filter((other) => compareVersions(next.version!, other.version!) !== 0);
  const broken = relations(next, 'Breaks').flatMap(([relation]) => brokenBy(db, next, relation!));
  return [
    ...new Map([...siblings, ...broken].map((record) => [recordKey(record), record])).values(),
  ].reverse();
}

/**
 * Packages whose triggers must be processed before a version is unpacked, as one that it pre-depends on waits for
 * them.
 */
export function awaitedByPreDepends(db: DpkgDatabase, next: PackageRecord): PackageRecord[] {
  const awaited = new Set<string>();
  for (const group of relations(next, 'Pre-Depends')) {
    const candidates = group.flatMap((relation) => candidatesOf(db, next, relation));
    if (candidates.some(({ state }) => state === 'installed' || state === 'triggers-pending')) continue;
    // One that was configured once before is good enough, whatever waits for its triggers now.
    if (group.some((relation) => wasConfigured(db, next, relation))) continue;
    const waiting = candidates.filter(({ state }) => state === 'triggers-awaited').at(-1);
    if (waiting !== undefined) for (const key of awaitedKeys(db, waiting)) awaited.add(key);
  }
  return [...awaited].map((key) => db.get(key)!);
}

function brokenBy(db: DpkgDatabase, next: PackageRecord, relation: Relation): PackageRecord[] {
  if (relation.name === next.name) return [];
  const named = db.instances(relation.name).filter((other) => versionMatches(other.version, relation));
  const providing = db.all().filter((other) => other.name !== next.name && provides(other, relation));
  return [...named, ...providing].filter(isConfigured);
}

function candidatesOf(db: DpkgDatabase, next: PackageRecord, relation: Relation): PackageRecord[] {
  const { architecture } = next;
  const wanted = { relation, architecture, nativeArchitecture: db.architecture };
  const named = db
    .instances(relation.name)
    .filter((other) => architectureMatches(other, other.architecture, wanted))
    .filter((other) => versionMatches(other.version, relation));
  return [...named, ...db.all().filter((other) => provides(other, relation))];
}

function wasConfigured(db: DpkgDatabase, next: PackageRecord, relation: Relation): boolean {
  return candidatesOf(db, next, relation).some(
    ({ configVersion }) => configVersion !== null && versionMatches(configVersion, relation),
  );
}

function provides(record: PackageRecord, relation: Relation): boolean {
  return relations(record, 'Provides').some(
    ([provision]) => provision!.name === relation.name && provisionMatches(provision!, relation),
  );
}

function isConfigured({ state }: PackageRecord): boolean {
  return compareStates(state, 'half-configured') > 0;
}
