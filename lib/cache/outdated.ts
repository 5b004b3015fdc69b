/** How much a cache keeps. */
export interface KeepRule {
  /** Days after the last use. */
  days: number;
  /** Entries, whatever their age. */
  most: number;
}

/** An entry of a cache. */
export interface Kept {
  name: string;
  /** Milliseconds since the epoch of its last use. */
  used: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** Names of the entries that a cache should drop. What clocks say was used in the future counts as just used. */
export function outdated(entries: readonly Kept[], rule: KeepRule, now = Date.now()): string[] {
  return [...entries]
    .sort((a, b) => b.used - a.used)
    .filter(({ used }, rank) => rank >= rule.most || now - used > rule.days * DAY)
    .map(({ name }) => name);
}
