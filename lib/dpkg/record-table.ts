import { AptOstreeError } from '../errors/error.ts';
import { displayName, infoName, recordKey } from './record.ts';
import { serializeRecord } from './stanza.ts';
import type { PackageRecord } from './types.ts';

/** Text of each record with the empty line after it; records are values, so that it never changes. */
const stanzas = new WeakMap<PackageRecord, Buffer>();

/** The records of a database by key and by name, in the order of the status file. */
export class RecordTable {
  readonly #architecture: string;
  readonly #records = new Map<string, PackageRecord>();
  readonly #byName = new Map<string, string[]>();
  readonly #awaiting = new Set<string>();
  #sorted: PackageRecord[] | null = null;
  #positions = new Map<string, number>();

  constructor(architecture: string) {
    this.#architecture = architecture;
  }

  get(key: string): PackageRecord | undefined {
    return this.#records.get(key);
  }

  /** In the order in which they came. */
  instances(name: string): PackageRecord[] {
    return (this.#byName.get(name) ?? []).map((key) => this.#records.get(key)!);
  }

  /** Records that await triggers of others. */
  awaiting(): PackageRecord[] {
    return [...this.#awaiting].map((key) => this.#records.get(key)!);
  }

  all(): readonly PackageRecord[] {
    if (this.#sorted === null) {
      this.#sorted = [...this.#records.values()].sort((a, b) => this.#compare(a, b));
      this.#positions = new Map(this.#sorted.map((record, index) => [recordKey(record), index]));
    }
    return this.#sorted;
  }

  /** @throws ERR_DPKG_DATABASE when there is a record of this name and architecture. */
  add(record: PackageRecord): void {
    const key = recordKey(record);
    if (this.#records.has(key))
      throw new AptOstreeError('ERR_DPKG_DATABASE', `package ${key} is in the database twice`);
    const instances = this.#byName.get(record.name);
    if (instances === undefined) this.#byName.set(record.name, [key]);
    else instances.push(key);
    this.#sorted = null;
    this.#put(key, record);
  }

  /**
   * @returns whether anything changed.
   * @throws ERR_DPKG_DATABASE when there is no record of this name and architecture.
   */
  replace(record: PackageRecord): boolean {
    const key = recordKey(record);
    const before = this.#records.get(key);
    if (before === undefined)
      throw new AptOstreeError('ERR_DPKG_DATABASE', `package ${key} is not in the database`);
    if (before === record) return false;
    if (infoName(before) !== infoName(record)) this.#sorted = null;
    this.#put(key, record);
    if (this.#sorted !== null) this.#sorted[this.#positions.get(key)!] = record;
    return true;
  }

  /** @returns whether it was there. */
  remove(record: PackageRecord): boolean {
    const key = recordKey(record);
    if (!this.#records.delete(key)) return false;
    const rest = this.#byName.get(record.name)!.filter((other) => other !== key);
    if (rest.length === 0) this.#byName.delete(record.name);
    else this.#byName.set(record.name, rest);
    this.#awaiting.delete(key);
    this.#sorted = null;
    return true;
  }

  /** The status file. */
  serialize(): Buffer {
    return Buffer.concat(this.all().map(stanza));
  }

  #put(key: string, record: PackageRecord): void {
    this.#records.set(key, record);
    if (record.triggersAwaited.length > 0) this.#awaiting.add(key);
    else this.#awaiting.delete(key);
  }

  /** By name, and of one name those first whose architecture goes without saying. */
  #compare(a: PackageRecord, b: PackageRecord): number {
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    const [qualifiedA, qualifiedB] = [a, b].map(
      (record) => displayName(record, this.#architecture) !== record.name,
    );
    if (qualifiedA !== qualifiedB) return qualifiedA ? 1 : -1;
    return a.architecture < b.architecture ? -1 : 1;
  }
}

function stanza(record: PackageRecord): Buffer {
  const known = stanzas.get(record);
  if (known !== undefined) return known;
  const bytes = Buffer.from(`${serializeRecord(record)}\n`);
  stanzas.set(record, bytes);
  return bytes;
}
