import { NEW_CONFFILE } from './conffiles.ts';
import type { DpkgDatabase } from './database.ts';
import { compareStates, isMultiArchSame, isPresent } from './record.ts';
import { configuredState, current, noteStatus } from './status-note.ts';
import {
  activateDirectives,
  activatePackage,
  incorporateTriggers,
  installedDirectives,
  removeInterests,
} from './trigger-activation.ts';
import type { TriggerDirectives } from './triggers.ts';
import type { Conffile, PackageRecord, Want } from './types.ts';

/** The record that unpacking a package would replace: another version, or the only instance of another architecture. */
export function replacedRecord(db: DpkgDatabase, next: PackageRecord): PackageRecord | undefined {
  const same = current(db, next);
  const present = db.instances(next.name).filter(isPresentOrConfigured);
  const [only] = present;
  if (present.length !== 1 || only === undefined) return same;
  return isMultiArchSame(only) && isMultiArchSame(next) ? same : only;
}

/**
 * First step of an unpack: activates the triggers of the old and of the new version, and takes a configured old
 * version to half-configured. Then comes `prerm upgrade` of the old version, where it was configured.
 */
export function startUpgrade(
  db: DpkgDatabase,
  old: PackageRecord | undefined,
  directives: TriggerDirectives,
): PackageRecord | undefined {
  if (old !== undefined) activatePackage(db, old);
  activateDirectives(db, directives, old ?? null);
  const record = old && current(db, old);
  if (record === undefined || compareStates(record.state, 'half-configured') < 0) return record;
  const configured = record.state === 'installed' || record.state === 'triggers-pending';
  return noteStatus(db, {
    ...record,
    configVersion: configured ? record.version : record.configVersion,
    want: 'install',
    flag: 'reinstreq',
    state: 'half-configured',
  });
}

/** After `prerm upgrade`: the old version is only unpacked. */
export function finishPrerm(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  return noteStatus(db, { ...latest(db, record), state: 'unpacked' });
}

/** Before `preinst`: half-installed. A package that was not there gets name, section and version only. */
export function startPreinst(db: DpkgDatabase, next: PackageRecord): PackageRecord {
  const old = replacedRecord(db, next);
  if (old === undefined) db.add({ ...next, want: 'install', fields: next.fields.filter(isEarly) });
  const record = old ?? next;
  const given = latest(db, record);
  const fresh = given.state === 'not-installed';
  return noteStatus(db, {
    ...given,
    version: fresh ? next.version : given.version,
    want: 'install',
    flag: 'reinstreq',
    state: 'half-installed',
  });
}

/** Before the postinst of a package whose conffiles stand in their places. */
export function startPostinst(
  db: DpkgDatabase,
  record: PackageRecord,
  conffiles?: Conffile[],
): PackageRecord {
  const given = latest(db, record);
  return noteStatus(db, { ...given, conffiles: conffiles ?? given.conffiles, state: 'half-configured' });
}

/** After a postinst: the state that its triggers allow, and then what it activated itself. */
export function finishConfigure(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  const given = { ...latest(db, record), triggersPending: [] };
  noteStatus(db, { ...given, flag: 'ok', state: configuredState(given) });
  incorporateTriggers(db);
  return latest(db, record);
}

/** Before `prerm deconfigure`. */
export function startDeconfigure(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  activatePackage(db, record);
  return noteStatus(db, { ...latest(db, record), state: 'half-configured' });
}

/** First step of a removal, before `prerm remove` where the package was configured. */
export function startRemoval(
  db: DpkgDatabase,
  record: PackageRecord,
  want: Extract<Want, 'deinstall' | 'purge'>,
): PackageRecord {
  noteStatus(db, { ...latest(db, record), want });
  activatePackage(db, latest(db, record));
  const given = latest(db, record);
  if (compareStates(given.state, 'half-configured') < 0) return given;
  return noteStatus(db, { ...given, state: 'half-configured' });
}

/** Before the files of a package are removed. */
export function startFileRemoval(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  return noteStatus(db, { ...latest(db, record), state: 'half-installed' });
}

/** After `postrm remove`: only configuration files are left, and what a purge needs. */
export function finishRemoval(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  removeInterests(db, record, installedDirectives(db, record));
  for (const member of db.infoMembers(record))
    if (member !== 'list' && member !== 'postrm') db.removeInfo(record, member);
  const given = latest(db, record);
  const fields = given.fields.filter(([name]) => !/^(?:essential|protected)$/i.test(name));
  return noteStatus(db, { ...given, fields, flag: 'ok', state: 'config-files' });
}

/** Whether nothing of a removed package is worth keeping, so that it is purged at once. */
export function isPurgedByRemoval(db: DpkgDatabase, record: PackageRecord): boolean {
  return !db.hasInfo(record, 'postrm') && latest(db, record).conffiles.length === 0;
}

/**
 * First step of a purge.
 *
 * @returns the record, whose conffiles are the ones to remove now: those that the package still lists and that have
 *   nothing to do with another package's diversion.
 */
export function startPurge(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  activatePackage(db, record);
  const given = latest(db, record);
  const listed = new Set(db.paths(given));
  const conffiles = given.conffiles
    .filter(({ path }) => listed.has(path) && !isDivertedByOthers(db, given, path))
    .map((conffile) => ({ ...conffile, hash: NEW_CONFFILE }));
  db.setPaths(
    given,
    db.paths(given).filter((path) => !given.conffiles.some((conffile) => conffile.path === path)),
  );
  return noteStatus(db, { ...given, want: 'purge', configVersion: null, conffiles });
}

/** Before `postrm purge`: the configuration files are gone. */
export function finishConffilePurge(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  return noteStatus(db, { ...latest(db, record), conffiles: [] });
}

function isDivertedByOthers(db: DpkgDatabase, record: PackageRecord, path: string): boolean {
  const away = db.diversions.away(path);
  return db.diversions.into(path) !== undefined || (away !== undefined && away.package !== record.name);
}

/** Last step of a purge or of a disappearance: nothing is known of the package any more. */
export function forget(db: DpkgDatabase, record: PackageRecord): void {
  noteStatus(db, {
    ...latest(db, record),
    want: 'unknown',
    flag: 'ok',
    state: 'not-installed',
    triggersPending: [],
  });
  db.remove(record);
}

function isEarly([name]: [string, string]): boolean {
  return /^(?:package|priority|section|architecture|multi-arch|version)$/i.test(name);
}

function isPresentOrConfigured(record: PackageRecord): boolean {
  return isPresent(record) || record.state === 'config-files';
}

function latest(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  return current(db, record) ?? record;
}

/** Marks a removed package of which nothing is worth keeping as purged. */
export function setPurged(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  return noteStatus(db, { ...latest(db, record), want: 'purge', configVersion: null });
}

/** Before `postrm upgrade` of the old version: the files of the new one are placed. */
export function startPostrm(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  return noteStatus(db, { ...latest(db, record), state: 'half-installed' });
}
