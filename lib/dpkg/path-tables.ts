import { DiversionTable, parseDiversions, serializeDiversions } from './diversions.ts';
import { parseStatOverrides, serializeStatOverrides } from './stat-overrides.ts';
import type { DatabaseSource, Diversion, StatOverride } from './types.ts';
import type { WriteLog } from './write-log.ts';

/** What an administrator or a script decided about single paths: the files `diversions` and `statoverride`. */
export class PathTables {
  readonly #log: WriteLog;
  #diversions: DiversionTable;
  #overrides: Map<string, StatOverride>;

  constructor(source: DatabaseSource, log: WriteLog) {
    this.#log = log;
    this.#diversions = parseDiversions(source.read('diversions')?.toString() ?? '');
    this.#overrides = parseStatOverrides(source.read('statoverride')?.toString() ?? '');
  }

  get diversions(): DiversionTable {
    return this.#diversions;
  }

  override(path: string): StatOverride | undefined {
    return this.#overrides.get(path);
  }

  setDiversions(entries: readonly Diversion[]): void {
    this.#diversions = new DiversionTable(entries);
    this.#log.text('diversions', serializeDiversions(entries));
  }

  setOverrides(overrides: readonly StatOverride[]): void {
    this.#overrides = new Map(overrides.map((override) => [override.path, override]));
    this.#log.text('statoverride', serializeStatOverrides(overrides));
  }

  /**
   * Takes over a file that was changed on disk.
   *
   * @returns whether it is one of the two.
   */
  absorb(path: string, text: string): boolean {
    if (path === 'diversions') this.#diversions = parseDiversions(text);
    else if (path === 'statoverride') this.#overrides = parseStatOverrides(text);
    else return false;
    return true;
  }
}
