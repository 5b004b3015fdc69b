import { field } from './record.ts';
import type { Relation } from './relation.ts';
import type { PackageRecord } from './types.ts';
import { versionSatisfies } from './version.ts';

/** A relation with what decides which architecture it means. */
export interface Wanted {
  relation: Relation;
  /** Architecture of the package that has the relation. */
  architecture: string;
  nativeArchitecture: string;
}

/** Whether the version of a package meets a relation; no version is asked for where it has none. */
export function versionMatches(version: string | null, relation: Relation): boolean {
  if (relation.operator === null) return true;
  return version !== null && versionSatisfies(version, relation.operator, relation.version!);
}

/**
 * Whether a package has an architecture that a Depends or Pre-Depends means: the same one, any one for
 * Multi-Arch: foreign without a qualifier, and any one for Multi-Arch: allowed with ":any".
 *
 * @param architecture of the package, or of the name that it provides.
 */
export function architectureMatches(candidate: PackageRecord, architecture: string, wanted: Wanted): boolean {
  const { qualifier } = wanted.relation;
  const multiArch = field(candidate, 'Multi-Arch').toLowerCase();
  if (qualifier === null && multiArch === 'foreign') return true;
  if (qualifier === 'any') return multiArch === 'allowed';
  const concrete = (name: string): string =>
    name === 'all' || name === '' ? wanted.nativeArchitecture : name;
  return concrete(qualifier ?? wanted.architecture) === concrete(architecture);
}

/** Whether a provided name meets a relation: a version is met only by a provided "(= version)". */
export function provisionMatches(provision: Relation, relation: Relation): boolean {
  if (provision.operator !== null && provision.operator !== '=') return false;
  if (provision.operator === null) return relation.operator === null;
  return versionMatches(provision.version, relation);
}
