import { AptOstreeError } from '../errors/error.ts';
import type { DpkgDatabase } from './database.ts';
import type { DependencyIndex } from './dependency-index.ts';
import { recordKey } from './record.ts';

/** Which triggers were pending for which packages when a package was about to process its own. */
interface Moment {
  processing: string;
  pending: { key: string; triggers: readonly string[] }[];
}

/**
 * Notices when processing triggers leads nowhere: at every step the triggers that are pending now are compared
 * with those of a moment that moves on at half the speed; when none of those has gone, they never will.
 */
export class TriggerCycle {
  readonly #db: DpkgDatabase;
  readonly #index: DependencyIndex;
  #moments: Moment[] = [];
  #slow = 0;
  #advance = false;

  constructor(db: DpkgDatabase, index: DependencyIndex) {
    this.#db = db;
    this.#index = index;
  }

  /** Forgets what went before, as configuring a package is progress that cannot be undone. */
  reset(): void {
    this.#moments = [];
    this.#slow = 0;
    this.#advance = false;
  }

  /** @throws ERR_TRIGGER_CYCLE naming the packages that activate each other. */
  check(processing: string): void {
    this.#moments.push({ processing, pending: this.#pending() });
    if (this.#moments.length === 1) return;
    if (this.#advance) this.#slow++;
    this.#advance = !this.#advance;
    const slow = this.#moments[this.#slow]!;
    if (slow.pending.every(({ key, triggers }) => this.#stillPending(key, triggers))) this.#refuse(slow);
  }

  #pending(): Moment['pending'] {
    return this.#index
      .inHashOrder()
      .filter((record) => record.triggersPending.length > 0)
      .map((record) => ({ key: recordKey(record), triggers: record.triggersPending }))
      .reverse();
  }

  #stillPending(key: string, triggers: readonly string[]): boolean {
    const now = this.#db.get(key)?.triggersPending ?? [];
    return triggers.every((trigger) => now.includes(trigger));
  }

  #refuse(slow: Moment): never {
    const name = (key: string): string => this.#db.displayName(this.#db.get(key)!);
    const chain = this.#moments.slice(this.#slow).map(({ processing }) => name(processing));
    const pending = slow.pending.map(({ key, triggers }) => ({ package: name(key), triggers }));
    const list = pending.map((entry) => `${entry.package}: ${entry.triggers.join(', ')}`).join('; ');
    throw new AptOstreeError(
      'ERR_TRIGGER_CYCLE',
      `cycle found while processing triggers: ${chain.join(' -> ')}; never resolved: ${list}`,
      { hint: 'Leave one of these packages out.', details: { chain, pending } },
    );
  }
}
