import { AptOstreeError } from '../errors/error.ts';
import { inFileOrder } from './fsys-hash.ts';
import type { Diversion } from './types.ts';

/** The diversions of a system, by either of their paths. Never changed: a new table replaces it. */
export class DiversionTable {
  readonly entries: readonly Diversion[];
  readonly #from: ReadonlyMap<string, Diversion>;
  readonly #to: ReadonlyMap<string, Diversion>;

  constructor(entries: readonly Diversion[]) {
    this.entries = entries;
    this.#from = new Map(entries.map((entry) => [entry.from, entry]));
    this.#to = new Map(entries.map((entry) => [entry.to, entry]));
  }

  /** The diversion that moves files away from this path. */
  away(path: string): Diversion | undefined {
    return this.#from.get(path);
  }

  /** The diversion whose files come to this path. */
  into(path: string): Diversion | undefined {
    return this.#to.get(path);
  }

  /** Where a file of the package that is called `path` really stands. */
  effective(path: string, packageName: string): string {
    const diversion = this.#from.get(path);
    return diversion === undefined || diversion.package === packageName ? path : diversion.to;
  }
}

/**
 * Reads a `diversions` file.
 *
 * @throws ERR_DPKG_DATABASE when it is cut short or a path is diverted twice.
 */
export function parseDiversions(text: string): DiversionTable {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length % 3 !== 0)
    throw new AptOstreeError('ERR_DPKG_DATABASE', 'diversions: unexpected end of file');
  const entries: Diversion[] = [];
  const seen = new Set<string>();
  for (let line = 0; line < lines.length; line += 3) {
    const [from, to, owner] = lines.slice(line, line + 3) as [string, string, string];
    if (seen.has(from) || seen.has(to))
      throw new AptOstreeError('ERR_DPKG_DATABASE', `diversions: conflict of '${from}' or '${to}'`);
    seen.add(from).add(to);
    entries.push({ from, to, package: owner === ':' ? null : owner });
  }
  return new DiversionTable(entries);
}

/** The file as dpkg-divert writes it: in the order of dpkg's hash of the diverted paths. */
export function serializeDiversions(entries: readonly Diversion[]): string {
  return inFileOrder([...entries], (entry) => entry.from)
    .map((entry) => `${entry.from}\n${entry.to}\n${entry.package ?? ':'}\n`)
    .join('');
}
