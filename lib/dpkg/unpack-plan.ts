import { AptOstreeError } from '../errors/error.ts';
import { withObsoleteConffile } from './conffiles.ts';
import type { DpkgDatabase } from './database.ts';
import { relations } from './dependency-index.ts';
import { isMultiArchSame, isPresent, recordKey } from './record.ts';
import { versionMatches } from './satisfaction.ts';
import type { PackageRecord } from './types.ts';
import { compareVersions } from './version.ts';

/** An unpack of which the paths are checked one by one. */
export interface Unpacking {
  db: DpkgDatabase;
  /** The version that is unpacked. */
  record: PackageRecord;
  /** Paths that are conffiles of this version. */
  conffiles: ReadonlySet<string>;
  /** Keys of the packages that this unpack removes. */
  removing?: ReadonlySet<string>;
}

/** What stands at a path before an entry is unpacked there, links not followed. */
export type Standing = 'nothing' | 'dir' | 'file' | 'symlink' | 'other';
export type EntryType = 'dir' | 'file' | 'symlink' | 'other';

export type OwnerVerdict =
  /** Nobody minds. */
  | { verdict: 'ok' }
  /** Another instance of the package has placed it; it must be the same, and is not unpacked again. */
  | { verdict: 'shared' }
  /** Others own it, and it is taken over from them. */
  | { verdict: 'replace'; owners: PackageRecord[] }
  /** An installed package replaces this one: neither unpacked nor listed; a conffile is `markSkipped`. */
  | { verdict: 'skip'; owner: PackageRecord }
  | { verdict: 'conflict'; owner: PackageRecord };

/**
 * Whether a package may unpack an entry at a path that other packages list. To be asked in the order of the
 * archive and not for what `keepsExisting` keeps.
 *
 * @param path as the archive has it, not diverted.
 */
export function checkOwner(unpacking: Unpacking, path: string, entry: EntryOnDisk): OwnerVerdict {
  const replaced: PackageRecord[] = [];
  let shared = false;
  let keeper: PackageRecord | null = null;
  for (const owner of unpacking.db.owners(path)) {
    const claim = ownerClaim(unpacking, path, entry, owner);
    if (claim === 'conflict') return { verdict: 'conflict', owner };
    if (claim === 'shared') shared = true;
    if (claim === 'keeps') keeper ??= owner;
    if (claim === 'replaced') replaced.push(owner);
  }
  if (keeper !== null) return { verdict: 'skip', owner: keeper };
  if (shared) return { verdict: 'shared' };
  return replaced.length > 0 ? { verdict: 'replace', owners: replaced } : { verdict: 'ok' };
}

export interface EntryOnDisk {
  type: EntryType;
  standing: Standing;
}

type Claim = 'none' | 'shared' | 'replaced' | 'keeps' | 'conflict';

function ownerClaim(unpacking: Unpacking, path: string, entry: EntryOnDisk, owner: PackageRecord): Claim {
  const { db, record } = unpacking;
  if (recordKey(owner) === recordKey(record) || isCrossGrade(owner, record)) return 'none';
  if (owner.name === record.name && isMultiArchSame(owner) && isMultiArchSame(record))
    return entry.standing !== 'nothing' && instancesAgree(db, record) ? 'shared' : 'none';
  const diverter = db.diversions.away(path)?.package;
  if (diverter !== undefined && (diverter === owner.name || diverter === record.name)) return 'none';
  if (entry.standing === 'nothing' && entry.type === 'dir') return 'none';
  if (owner.state === 'config-files' || unpacking.removing?.has(recordKey(owner))) return 'none';
  if (isObsoleteConffile(unpacking, path, entry, owner)) return 'none';
  if (replaces(record, owner)) return 'replaced';
  return replaces(owner, record) ? 'keeps' : 'conflict';
}

/** @throws ERR_FILE_CONFLICT always, in dpkg's words. */
export function refuseConflict(
  unpacking: Unpacking,
  path: string,
  conflict: { owner: PackageRecord; entry: EntryOnDisk },
): never {
  const { db, record } = unpacking;
  const owner = `${db.displayName(conflict.owner)} ${conflict.owner.version}`;
  const text =
    conflict.entry.standing === 'dir'
      ? `trying to overwrite directory '${path}' in package ${owner} with nondirectory`
      : `trying to overwrite '${path}', which is also in package ${owner}`;
  throw new AptOstreeError('ERR_FILE_CONFLICT', `${db.displayName(record)} ${record.version}: ${text}`, {
    details: { path, package: db.displayName(record), owner: db.displayName(conflict.owner) },
    hint: `Leave ${record.name} or ${conflict.owner.name} out.`,
  });
}

/**
 * Refuses an entry at the target of another package's diversion.
 *
 * @throws ERR_FILE_CONFLICT naming the diversion.
 */
export function refuseDiverted({ db, record }: Unpacking, path: string): void {
  const diversion = db.diversions.into(path);
  if (diversion === undefined) return;
  const by = diversion.package === null ? '' : ` (package: ${diversion.package})`;
  const text = `trying to overwrite '${path}', which is the diverted version of '${diversion.from}'${by}`;
  throw new AptOstreeError('ERR_FILE_CONFLICT', `${db.displayName(record)} ${record.version}: ${text}`, {
    details: { path, package: db.displayName(record), owner: diversion.package },
  });
}

/** Whether the Replaces of one package name another one in its version. */
export function replaces(replacer: PackageRecord, replaced: PackageRecord): boolean {
  return relations(replacer, 'Replaces').some(
    ([relation]) => relation!.name === replaced.name && versionMatches(replaced.version, relation!),
  );
}

/** What is known of what stands at a path once links are followed. */
export interface FollowedStanding {
  standing: Standing;
  /** A directory, or a link to one. */
  leadsToDir: boolean;
  /** The link that is unpacked would lead to the same directory. */
  sameTarget: boolean;
}

/**
 * Whether what stands at a path stays, with its mode and owner, and the entry is only listed: a directory over a
 * directory or a link to one, and a link over a directory or over a link to the same one.
 */
export function keepsExisting(type: EntryType, existing: FollowedStanding): boolean {
  if (type === 'dir') return existing.leadsToDir;
  if (type !== 'symlink') return false;
  return existing.standing === 'dir' || (existing.standing === 'symlink' && existing.sameTarget);
}

/**
 * Takes what was unpacked from the lists of its former owners, and marks their conffiles obsolete that are
 * conffiles of this package now.
 *
 * @param unpacked the paths that were really unpacked: no kept directories, nothing left out.
 */
export function takeOver(unpacking: Unpacking, unpacked: ReadonlySet<string>): void {
  const { db, record } = unpacking;
  const robbed = new Map<string, PackageRecord>();
  for (const path of unpacked) {
    const diverter = db.diversions.away(path)?.package;
    if (diverter === record.name) continue;
    for (const owner of db.owners(path)) {
      if (owner.name === record.name || owner.name === diverter) continue;
      if (unpacking.conffiles.has(path))
        db.replace(withObsoleteConffile(db.get(owner.name, owner.architecture)!, path));
      robbed.set(recordKey(owner), owner);
    }
  }
  for (const owner of robbed.values())
    db.setPaths(
      owner,
      db.paths(owner).filter((path) => !unpacked.has(path)),
    );
}

/** The old instance that this one replaces although its architecture is another. */
function isCrossGrade(owner: PackageRecord, record: PackageRecord): boolean {
  return owner.name === record.name && !(isMultiArchSame(owner) && isMultiArchSame(record));
}

/** Whether every instance that is there has the version that is unpacked. */
function instancesAgree(db: DpkgDatabase, record: PackageRecord): boolean {
  return db
    .instances(record.name)
    .filter((other) => recordKey(other) !== recordKey(record) && isPresent(other))
    .every((other) => compareVersions(record.version!, other.version!) === 0);
}

function isObsoleteConffile(
  { conffiles }: Unpacking,
  path: string,
  { standing }: EntryOnDisk,
  owner: PackageRecord,
): boolean {
  if (!conffiles.has(path) || standing !== 'file') return false;
  return owner.conffiles.some((conffile) => conffile.obsolete && conffile.path === path);
}
