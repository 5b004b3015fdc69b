import type { DpkgDatabase } from './database.ts';
import { recordKey } from './record.ts';
import { current, noteStatus, releaseAwaiters } from './status-note.ts';
import { finishConfigure } from './transitions.ts';
import type { PackageRecord } from './types.ts';
import { awaitedByPreDepends } from './unpack-checks.ts';

/**
 * Processes the triggers that keep a version from being unpacked, as a package that it pre-depends on waits for
 * them: what dpkg does first in an unpack, even when it was told to process no triggers.
 *
 * @param processTriggers runs `postinst triggered "<names>"`.
 * @throws whatever the callback throws.
 */
export async function processRequiredTriggers(
  db: DpkgDatabase,
  next: PackageRecord,
  processTriggers: (record: PackageRecord, triggers: string[]) => Promise<void>,
): Promise<void> {
  for (const awaited of awaitedByPreDepends(db, next)) {
    const record = current(db, awaited)!;
    const triggers = record.triggersPending;
    if (triggers.length === 0) {
      releaseAwaiters(db, record);
      continue;
    }
    db.deferredTriggers.delete(recordKey(record));
    await processTriggers(noteStatus(db, { ...record, state: 'half-configured' }), triggers);
    finishConfigure(db, record);
  }
}
