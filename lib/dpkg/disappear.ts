import type { DpkgDatabase } from './database.ts';
import { DependencyIndex, relations } from './dependency-index.ts';
import { compareStates, isMultiArchSame, isPresent, recordKey } from './record.ts';
import type { Relation, RelationGroup } from './relation.ts';
import { architectureMatches, provisionMatches, versionMatches } from './satisfaction.ts';
import type { PackageRecord } from './types.ts';

export interface DisappearOptions {
  /** The version that was unpacked, already in the database. */
  record: PackageRecord;
  /** Every path of its archive that no filter keeps out. */
  paths: ReadonlySet<string>;
  /** Keys of the packages that this unpack removes anyway. */
  removing?: ReadonlySet<string>;
}

/**
 * Packages of which nothing is left, as all that they list belongs to the package that was unpacked or to third
 * ones, and that no other package depends on; in dpkg's order. Each gets `postrm disappear` and is forgotten.
 */
export function disappearing(db: DpkgDatabase, options: DisappearOptions): PackageRecord[] {
  const nobody = new Set<string>();
  const unsaved = new Set(db.all().filter((other) => isUnsaved(db, other, options, nobody)));
  if (unsaved.size === 0) return [];
  const index = new DependencyIndex(db);
  const gone = new Set<string>();
  return index.inHashOrder().filter((other) => {
    if (!unsaved.has(other) || !isUnsaved(db, other, options, gone)) return false;
    if (isNeeded(db, index, { gone: other, unpacked: options.record })) return false;
    gone.add(recordKey(other));
    return true;
  });
}

function isUnsaved(
  db: DpkgDatabase,
  other: PackageRecord,
  options: DisappearOptions,
  gone: ReadonlySet<string>,
): boolean {
  const { record, removing } = options;
  if (!isPresent(other) || removing?.has(recordKey(other))) return false;
  if (other.name === record.name) {
    if (recordKey(other) === recordKey(record)) return false;
    if (isMultiArchSame(other) && isMultiArchSame(record)) return false;
  }
  const paths = db.paths(other);
  // From the end: directories that everybody has come first, and any unpack asks this of every package.
  return (
    paths.some((path) => path !== '/.') &&
    paths.findLastIndex((path) => isSavedBy(db, other, path, options, gone)) === -1
  );
}

/** Whether a path is the package's alone. */
function isSavedBy(
  db: DpkgDatabase,
  other: PackageRecord,
  path: string,
  { record, paths }: DisappearOptions,
  gone: ReadonlySet<string>,
): boolean {
  const diverter = db.diversions.away(path)?.package;
  if (diverter !== undefined && (diverter === other.name || diverter === record.name)) return true;
  if (paths.has(path)) return false;
  const owners = db.ownerKeys(path);
  if (owners.length === 1) return true;
  const involved = [recordKey(record), recordKey(other)];
  return !owners.some((third) => {
    if (involved.includes(third) || gone.has(third)) return false;
    return !(third.startsWith(`${other.name}:`) && isMultiArchSame(other));
  });
}

/** Whether some package's Depends, Pre-Depends or Recommends would not be met without this one. */
function isNeeded(
  db: DpkgDatabase,
  index: DependencyIndex,
  change: { gone: PackageRecord; unpacked: PackageRecord },
): boolean {
  const { gone, unpacked } = change;
  const names = new Set([gone.name, ...relations(gone, 'Provides').map(([provision]) => provision!.name)]);
  return db.all().some((depender) => {
    if (recordKey(depender) === recordKey(gone)) return false;
    return demands(depender, unpacked)
      .filter((group) => group.some((relation) => names.has(relation.name)))
      .some((group) => !isMetWithout(db, index, { ...change, depender, group }));
  });
}

/** The groups that count for a package in its state. */
function demands(depender: PackageRecord, unpacked: PackageRecord): RelationGroup[] {
  if (!isPresent(depender)) return [];
  const all =
    compareStates(depender.state, 'half-configured') > 0 || recordKey(depender) === recordKey(unpacked);
  const fields = all ? ['Depends', 'Pre-Depends', 'Recommends'] : ['Pre-Depends'];
  return fields.flatMap((name) => relations(depender, name));
}

function isMetWithout(
  db: DpkgDatabase,
  index: DependencyIndex,
  question: { depender: PackageRecord; group: RelationGroup; gone: PackageRecord; unpacked: PackageRecord },
): boolean {
  const { depender, group, gone, unpacked } = question;
  const works = (record: PackageRecord): boolean =>
    recordKey(record) === recordKey(unpacked) ||
    (recordKey(record) !== recordKey(gone) && isConfigured(record));
  const fits = (record: PackageRecord, relation: Relation): boolean =>
    architectureMatches(record, record.architecture, {
      relation,
      architecture: depender.architecture,
      nativeArchitecture: db.architecture,
    });
  return group.some(
    (relation) =>
      db
        .instances(relation.name)
        .some(
          (record) => works(record) && fits(record, relation) && versionMatches(record.version, relation),
        ) ||
      index
        .providers(relation.name)
        .some(({ key, relation: provision }) => works(db.get(key)!) && provisionMatches(provision, relation)),
  );
}

function isConfigured({ state }: PackageRecord): boolean {
  return state === 'installed' || state === 'triggers-pending';
}
