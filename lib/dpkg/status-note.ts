import type { DpkgDatabase } from './database.ts';
import { compareStates, recordKey } from './record.ts';
import type { PackageRecord } from './types.ts';

/**
 * Puts a changed record into the database, and with it what dpkg changes whenever it notes a status: pending
 * triggers belong to the two trigger states only, awaited ones to packages that are there, and nobody waits for a
 * package without pending triggers.
 *
 * @returns the record as it stands in the database.
 */
export function noteStatus(db: DpkgDatabase, record: PackageRecord): PackageRecord {
  const { state } = record;
  const triggered = state === 'triggers-pending' || state === 'triggers-awaited';
  db.replace({
    ...record,
    triggersPending: triggered ? record.triggersPending : [],
    triggersAwaited: compareStates(state, 'config-files') > 0 ? record.triggersAwaited : [],
  });
  const noted = current(db, record)!;
  if (noted.triggersPending.length === 0) releaseAwaiters(db, noted);
  return current(db, record)!;
}

/** The record as it stands in the database now; undefined where it is gone. */
export function current(db: DpkgDatabase, record: PackageRecord): PackageRecord | undefined {
  return db.get(record.name, record.architecture);
}

/** Lets go the packages that wait for the triggers of one that has none left. */
export function releaseAwaiters(db: DpkgDatabase, processed: PackageRecord): void {
  for (const awaiter of db.awaiting()) {
    if (!awaitedKeys(db, awaiter).includes(recordKey(processed))) continue;
    const name = db.displayName(processed);
    const triggersAwaited = awaiter.triggersAwaited.filter((awaited) => awaited !== name);
    const done = triggersAwaited.length === 0 && awaiter.state === 'triggers-awaited';
    if (done) noteStatus(db, { ...awaiter, triggersAwaited, state: unawaited(awaiter) });
    else db.replace({ ...awaiter, triggersAwaited });
  }
}

/** Keys of the records that a package waits for. */
export function awaitedKeys(db: DpkgDatabase, awaiter: PackageRecord): string[] {
  return awaiter.triggersAwaited.flatMap((name) => {
    const record = db.get(name);
    return record === undefined ? [] : [recordKey(record)];
  });
}

/** The state that a package reaches when its postinst has run, by the triggers it awaits and has pending. */
export function configuredState(record: PackageRecord): PackageRecord['state'] {
  return record.triggersAwaited.length > 0 ? 'triggers-awaited' : unawaited(record);
}

function unawaited(record: PackageRecord): PackageRecord['state'] {
  return record.triggersPending.length > 0 ? 'triggers-pending' : 'installed';
}
