import { AptOstreeError } from '../errors/error.ts';
import type { DpkgDatabase } from './database.ts';
import { type Interest, triggerKind } from './interests.ts';
import { compareStates, recordKey } from './record.ts';
import { current, noteStatus } from './status-note.ts';
import { parseTriggers, type TriggerDirectives } from './triggers.ts';
import type { PackageRecord } from './types.ts';

/** Activates a trigger by its name, as dpkg-trigger does: a path activates its parents too. */
export function activateTrigger(db: DpkgDatabase, trigger: string, awaiter: PackageRecord | null): void {
  const kind = triggerKind(trigger);
  if (kind === 'file') activatePath(db, trigger, awaiter);
  else if (kind === 'explicit') activateInterests(db, trigger, db.interests.inName(trigger), awaiter);
}

/** Activates the interests in exactly this path, as unpacking an entry does. */
export function activateFile(db: DpkgDatabase, path: string, awaiter: PackageRecord | null): void {
  const interests = db.interests.inPath(path);
  if (interests.length > 0) activateInterests(db, path, interests, awaiter);
}

/** Activates the interests in a path and in its parents, as removing a file or placing a conffile does. */
export function activatePath(db: DpkgDatabase, path: string, awaiter: PackageRecord | null): void {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) activateFile(db, at, awaiter);
}

/** What the `triggers` file of an installed package says. */
export function installedDirectives(db: DpkgDatabase, record: PackageRecord): TriggerDirectives {
  const file = db.info(record, 'triggers');
  if (file === null) return { interests: [], activations: [] };
  if ('data' in file) return parseTriggers(file.data.toString(), record.name);
  const message = `info/${db.infoName(record)}.triggers is not in memory`;
  throw new AptOstreeError('ERR_INTERNAL', message, { hint: 'Set this member with its bytes.' });
}

/** Activates what a package's `triggers` file says it activates whenever its state changes. */
export function activatePackage(db: DpkgDatabase, record: PackageRecord): void {
  activateDirectives(db, installedDirectives(db, record), record);
}

/** Activates for a package what directives say, such as those of the new version before it is unpacked. */
export function activateDirectives(
  db: DpkgDatabase,
  directives: TriggerDirectives,
  record: PackageRecord | null,
): void {
  for (const { trigger, await: awaits } of directives.activations)
    activateTrigger(db, trigger, awaits ? record : null);
}

/** Registers what a package is interested in, in the order of its directives. */
export function addInterests(db: DpkgDatabase, record: PackageRecord, directives: TriggerDirectives): void {
  for (const { trigger, await: awaits } of directives.interests)
    db.interests.add(trigger, { package: db.infoName(record), await: awaits });
}

export function removeInterests(
  db: DpkgDatabase,
  record: PackageRecord,
  directives: TriggerDirectives,
): void {
  for (const { trigger } of directives.interests) db.interests.remove(trigger, db.infoName(record));
}

/**
 * Activates what scripts asked for with dpkg-trigger since the last call. To be called after each script; after
 * a postinst when the package has got its new state.
 *
 * @throws ERR_DPKG_DATABASE at a line of `triggers/Unincorp` that dpkg does not understand.
 */
export function incorporateTriggers(db: DpkgDatabase): void {
  const lines = db.takeUnincorporated().split('\n');
  for (const line of lines) {
    const [trigger, ...awaiters] = line.trim().split(/[ \t]+/) as [string, ...string[]];
    if (trigger === '' || trigger.startsWith('#')) continue;
    if (awaiters.length === 0 || !awaiters.every(isAwaiter))
      throw new AptOstreeError('ERR_DPKG_DATABASE', `triggers/Unincorp: syntax error in '${line}'`);
    for (const name of awaiters) activateTrigger(db, trigger, name === '-' ? null : (db.get(name) ?? null));
  }
}

function isAwaiter(name: string): boolean {
  return name === '-' || /^[0-9a-z][0-9a-z+.:-]*$/.test(name);
}

function activateInterests(
  db: DpkgDatabase,
  trigger: string,
  interests: readonly Interest[],
  awaiter: PackageRecord | null,
): void {
  for (const interest of interests) {
    const pending = db.get(interest.package);
    if (pending !== undefined) record(db, { trigger, pending, awaiter: interest.await ? awaiter : null });
  }
}

interface Activation {
  trigger: string;
  pending: PackageRecord;
  awaiter: PackageRecord | null;
}

/** One activation: a package that is not configured is not interested yet. */
function record(db: DpkgDatabase, { trigger, pending, awaiter }: Activation): void {
  if (compareStates(pending.state, 'triggers-awaited') < 0) return;
  if (!pending.triggersPending.includes(trigger))
    noteStatus(db, {
      ...pending,
      triggersPending: [trigger, ...pending.triggersPending],
      state: pending.triggersAwaited.length > 0 ? 'triggers-awaited' : 'triggers-pending',
    });
  db.deferredTriggers.add(recordKey(pending));
  const waiting = awaiter === null ? undefined : current(db, awaiter);
  const name = db.displayName(pending);
  if (waiting === undefined || waiting.triggersAwaited.includes(name)) return;
  const held = compareStates(waiting.state, 'triggers-awaited') > 0;
  noteStatus(db, {
    ...waiting,
    triggersAwaited: [...waiting.triggersAwaited, name],
    state: held ? 'triggers-awaited' : waiting.state,
  });
}
