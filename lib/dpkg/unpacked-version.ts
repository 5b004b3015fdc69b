import type { DpkgDatabase } from './database.ts';
import { field, recordKey } from './record.ts';
import { current, noteStatus } from './status-note.ts';
import { addInterests, installedDirectives, removeInterests } from './trigger-activation.ts';
import type { TriggerDirectives } from './triggers.ts';
import type { Conffile, InfoFile, PackageRecord } from './types.ts';

/** A version whose files stand in the tree. */
export interface UnpackedVersion {
  /** From its control file. */
  record: PackageRecord;
  /** Its `.list`: archive order with links last, then obsolete conffiles of the old version. */
  paths: string[];
  /** Members of its control archive. */
  members: ReadonlyMap<string, InfoFile>;
  directives: TriggerDirectives;
  /** Declared conffiles, then obsolete ones. */
  conffiles: Conffile[];
  /** MD5 of a regular file of the archive; asked only for a package without `md5sums`, for which dpkg makes it. */
  digest(path: string): string | undefined;
}

/**
 * Puts list, interests, control members and fields of a new version in place of the old one's. The package is
 * still half-installed: other packages come to know of it (`disappearing`, `takeOver`) before `finishUnpack`.
 *
 * @param old the record that the version replaces, perhaps of another architecture.
 */
export function recordVersion(db: DpkgDatabase, old: PackageRecord, version: UnpackedVersion): PackageRecord {
  removeInterests(db, old, installedDirectives(db, old));
  const given = current(db, old)!;
  const record: PackageRecord = {
    ...given,
    architecture: version.record.architecture,
    version: version.record.version,
    fields: mergedFields(given, version.record),
    conffiles: version.conffiles,
  };
  if (db.infoName(record) !== db.infoName(given)) db.removeInfo(given);
  if (recordKey(record) === recordKey(given)) db.replace(record);
  else {
    db.remove(given);
    db.add(record);
  }
  addInterests(db, record, version.directives);
  for (const member of db.infoMembers(record))
    if (member !== 'list' && !version.members.has(member)) db.removeInfo(record, member);
  for (const [member, file] of version.members) if (isKept(member)) db.setInfo(record, member, file);
  if (!version.members.has('md5sums')) db.setInfo(record, 'md5sums', madeDigests(version));
  db.setPaths(record, version.paths);
  return record;
}

function madeDigests({ paths, digest }: UnpackedVersion): InfoFile {
  const lines = paths.map((path) => [digest(path), path.slice(1)]).filter(([md5]) => md5 !== undefined);
  return { mode: 0o644, data: Buffer.from(lines.map((line) => `${line.join('  ')}\n`).join('')) };
}

/** Last step of an unpack: the package is there, and nothing of it has to be installed again. */
export function finishUnpack(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  return noteStatus(db, { ...current(db, record)!, flag: 'ok', state: 'unpacked' });
}

/** Whether dpkg keeps a member of a control archive in `info/`. */
function isKept(member: string): boolean {
  return member !== 'control' && member !== 'list' && !member.includes('.');
}

/** The fields of a new version, with section and priority of the old one where it says nothing. */
function mergedFields(old: PackageRecord, next: PackageRecord): PackageRecord['fields'] {
  const kept = ['Priority', 'Section'].filter((name) => field(next, name) === '' && field(old, name) !== '');
  if (kept.length === 0) return next.fields;
  return [...next.fields, ...kept.map((name): [string, string] => [name, field(old, name)])];
}
