import { AptOstreeError } from '../errors/error.ts';
import { CycleCutter } from './cycles.ts';
import type { DpkgDatabase } from './database.ts';
import { checkBreaks, checkDependencies, type DependencyContext } from './dependencies.ts';
import { DependencyIndex } from './dependency-index.ts';
import { isPresent, recordKey } from './record.ts';
import { current, noteStatus, releaseAwaiters } from './status-note.ts';
import { finishConfigure } from './transitions.ts';
import { activatePackage } from './trigger-activation.ts';
import { TriggerCycle } from './trigger-cycle.ts';
import type { PackageRecord } from './types.ts';
import { compareVersions } from './version.ts';

export interface ConfigureOptions {
  /** `pending` configures all that is unpacked or has triggers pending; `list` takes `todo` in its order. */
  mode: 'pending' | 'list';
  /** Configures in the end what depends on packages that are not there, as --force-depends does. */
  forceDepends?: boolean;
  /** Whether triggers are processed at the end; apt says no for all but its last call. Default true. */
  triggersEnabled?: boolean;
  /**
   * Goes on in the process that unpacked or removed packages, as --install does: the database is not read anew, and
   * in the end only the triggers that this process activated are processed. Default false.
   */
  continues?: boolean;
  /**
   * Places the conffiles and runs the postinst of a package; what is in between is `startPostinst`. The queue
   * activates triggers before, and sets the final state after.
   */
  configure(record: PackageRecord): Promise<void>;
  /** Runs `postinst triggered "<names>"`; the queue sets the states. */
  processTriggers(record: PackageRecord, triggers: string[]): Promise<void>;
}

/** One package that could not be configured. */
export interface StuckPackage {
  package: string;
  /** dpkg's words; lines that end with a line break. */
  reasons: string;
}

/** What is tried when nothing went on: cut cycles, process triggers, both at any price, then force. */
const TRY = { normal: 1, cycles: 2, triggers: 3, triggerCycles: 4, forceVersion: 5, force: 6, last: 7 };

/**
 * Configures packages in dpkg's order: one process of `dpkg --configure`.
 *
 * @param todo keys ("name:architecture") in the order of the command line; ignored in mode `pending`.
 * @throws ERR_CONFIGURE_STUCK whose details are `StuckPackage[]`.
 * @throws ERR_TRIGGER_CYCLE when triggers activate each other without end.
 * @throws whatever the callbacks throw, at once.
 */
export async function runConfigureQueue(
  db: DpkgDatabase,
  todo: readonly string[],
  options: ConfigureOptions,
): Promise<void> {
  const run = new ConfigureRun(db, todo, options);
  await run.configureAll();
  if (run.stuck.length > 0) throw stuckError(run.stuck);
  if (options.triggersEnabled !== false) await run.processDeferred();
}

class ConfigureRun {
  readonly stuck: StuckPackage[] = [];
  readonly #db: DpkgDatabase;
  readonly #options: ConfigureOptions;
  readonly #index: DependencyIndex;
  readonly #cycle: TriggerCycle;
  readonly #cutter: CycleCutter;
  readonly #queued: Set<string>;
  #queue: string[];
  #attempt = TRY.normal;
  #sinceProgress = 0;
  #awaited: string | null = null;

  constructor(db: DpkgDatabase, todo: readonly string[], options: ConfigureOptions) {
    this.#db = db;
    this.#options = options;
    if (!options.continues) db.reopen();
    this.#index = new DependencyIndex(db);
    this.#cycle = new TriggerCycle(db, this.#index);
    const pending = options.mode === 'pending';
    const keys = pending ? this.#index.inHashOrder().filter(isPending).map(recordKey) : todo;
    this.#queue = [...new Set(keys)];
    if (!pending && !options.continues) for (const record of this.#index.inHashOrder()) this.#defer(record);
    this.#queued = new Set(this.#queue);
    this.#cutter = new CycleCutter(db, this.#index, this.#queued);
  }

  async configureAll(): Promise<void> {
    for (let key = this.#queue.shift(); key !== undefined; key = this.#queue.shift()) {
      const next = this.#escalate(key);
      const record = this.#db.get(next);
      if (record === undefined) this.#fail(next, 'it is not installed');
      else if (record.triggersPending.length > 0) await this.#trigger(record, true);
      else await this.#configure(record);
    }
  }

  async processDeferred(): Promise<void> {
    const deferred = this.#db.deferredTriggers;
    for (const key of deferred) {
      deferred.delete(key);
      const record = this.#db.get(key);
      if (record !== undefined) await this.#trigger(record, false);
    }
  }

  /** Counts fruitless steps, tries harder after each round, and may put a package's triggers first. */
  #escalate(key: string): string {
    const { length } = this.#queue;
    if (this.#sinceProgress++ > length * 3 + 2) this.#tryHarder(key);
    else if (this.#sinceProgress > length * 2 + 2) {
      const awaited = this.#awaited === null ? undefined : this.#db.get(this.#awaited);
      if (this.#attempt >= TRY.triggers && awaited !== undefined && awaited.triggersPending.length > 0) {
        this.#enqueue(key);
        this.#awaited = null;
        this.#queue = this.#queue.filter((other) => other !== recordKey(awaited));
        return recordKey(awaited);
      }
      this.#tryHarder(key);
    }
    return key;
  }

  #tryHarder(key: string): void {
    this.#sinceProgress = 0;
    if (++this.#attempt < TRY.last) return;
    const reasons = '  No order was found in which to configure it.\n';
    const left = [key, ...this.#queue].map((other) => ({ package: this.#name(other), reasons }));
    throw stuckError([...this.stuck, ...left]);
  }

  async #configure(record: PackageRecord): Promise<void> {
    const key = recordKey(record);
    if (record.state !== 'unpacked' && record.state !== 'half-configured')
      return this.#fail(key, `it is not ready for configuration (current status '${record.state}')`);
    const sibling = this.#unreadySibling(record);
    if (sibling !== null) return this.#fail(key, sibling);
    this.#cut(key);
    const { verdict, reasons } = this.#check(record);
    if (verdict === 'defer') {
      this.#queued.add(key);
      this.#enqueue(key);
      return;
    }
    this.#cycle.reset();
    this.#sinceProgress = 0;
    const broken = checkBreaks(record, this.#context());
    if (verdict === 'unmet' || broken !== '') return this.#fail(key, `${reasons}${broken}`);
    activatePackage(this.#db, record);
    await this.#options.configure(current(this.#db, record)!);
    finishConfigure(this.#db, record);
  }

  async #trigger(record: PackageRecord, fromQueue: boolean): Promise<void> {
    const key = recordKey(record);
    this.#db.deferredTriggers.delete(key);
    if (record.triggersPending.length === 0) return releaseAwaiters(this.#db, record);
    if (fromQueue && this.#attempt < TRY.triggers) return this.#enqueue(key);
    this.#cut(key);
    const { verdict, reasons } = this.#check(record);
    if (verdict === 'defer') {
      if (this.#attempt >= TRY.triggerCycles) this.#cycle.check(key);
      return this.#enqueue(key);
    }
    if (verdict === 'unmet' && !fromQueue) return this.#cycle.reset();
    this.#sinceProgress = 0;
    if (verdict === 'unmet') return this.#fail(key, reasons);
    this.#cycle.check(key);
    const triggers = record.triggersPending;
    const processing = noteStatus(this.#db, { ...record, state: 'half-configured' });
    await this.#options.processTriggers(processing, triggers);
    finishConfigure(this.#db, record);
  }

  #check(record: PackageRecord) {
    const answer = checkDependencies(record, this.#context());
    if (answer.awaited !== null) this.#awaited = answer.awaited;
    return answer;
  }

  #context(): DependencyContext {
    const force = !this.#options.forceDepends ? 'never' : this.#attempt >= TRY.force ? 'now' : 'defer';
    return { db: this.#db, index: this.#index, queued: this.#queued, cut: this.#cutter.cut, force };
  }

  #cut(key: string): void {
    if (this.#attempt >= TRY.cycles && this.#cutter.cutBelow(key)) this.#sinceProgress = 0;
  }

  #enqueue(key: string): void {
    if (!this.#queue.includes(key)) this.#queue.push(key);
  }

  #defer(record: PackageRecord): void {
    if (record.triggersPending.length > 0 && isWanted(record))
      this.#db.deferredTriggers.add(recordKey(record));
  }

  #fail(key: string, reasons: string): void {
    this.#queued.delete(key);
    const name = this.#name(key);
    // What waits for its triggers asks for it again and again; dpkg stops at fifty errors.
    if (this.stuck.some((other) => other.package === name)) throw stuckError(this.stuck);
    this.stuck.push({ package: name, reasons });
  }

  #name(key: string): string {
    const record = this.#db.get(key);
    return record === undefined ? key : this.#db.displayName(record);
  }

  /** Instances of one name must have one version before any of them is configured. */
  #unreadySibling(record: PackageRecord): string | null {
    for (const other of this.#db.instances(record.name)) {
      if (other.architecture === record.architecture || !isPresent(other)) continue;
      if (other.state === 'half-installed')
        return `${recordKey(other)} is not ready (current status '${other.state}')`;
      if (compareVersions(record.version!, other.version!) !== 0)
        return `${recordKey(other)} is at a different version (${other.version})`;
    }
    return null;
  }
}

function isWanted({ want }: PackageRecord): boolean {
  return want === 'install' || want === 'hold';
}

function isPending(record: PackageRecord): boolean {
  const unconfigured = record.state === 'unpacked' || record.state === 'half-configured';
  return (unconfigured || record.triggersPending.length > 0) && isWanted(record);
}

function stuckError(stuck: StuckPackage[]): AptOstreeError {
  const text = stuck
    .map(({ package: name, reasons }) => `dependency problems prevent configuration of ${name}:\n${reasons}`)
    .join('\n');
  return new AptOstreeError('ERR_CONFIGURE_STUCK', text, { details: stuck });
}
