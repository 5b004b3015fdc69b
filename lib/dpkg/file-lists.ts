import { AptOstreeError } from '../errors/error.ts';
import type { InfoStore } from './info-store.ts';
import { infoName, recordKey } from './record.ts';
import type { PackageRecord } from './types.ts';

/** The `.list` files of packages and, once asked for, which packages list a path. */
export class FileLists {
  readonly #info: InfoStore;
  readonly #lists = new Map<string, string[]>();
  #owners: Map<string, string[]> | null = null;

  constructor(info: InfoStore) {
    this.#info = info;
  }

  /** @throws ERR_DPKG_DATABASE when the list is damaged or not to be had as bytes. */
  paths(record: PackageRecord): string[] {
    const key = recordKey(record);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const file = this.#info.get(infoName(record), 'list');
    if (file !== null && !('data' in file)) refuse(record, 'is not in memory');
    const paths = file === null ? [] : parseList(file.data.toString(), record);
    this.#lists.set(key, paths);
    return paths;
  }

  set(record: PackageRecord, paths: string[]): void {
    this.#disown(record);
    const text = paths.map((path) => `${path}\n`).join('');
    this.#info.set(infoName(record), 'list', { mode: 0o644, data: Buffer.from(text) });
    this.#lists.set(recordKey(record), paths);
    if (this.#owners !== null) own(this.#owners, record, paths);
  }

  remove(record: PackageRecord): void {
    this.#disown(record);
    this.#lists.delete(recordKey(record));
    this.#info.remove(infoName(record), 'list');
  }

  /** Forgets what was read of a package, because its file changed on disk. */
  forget(record: PackageRecord): void {
    this.#disown(record);
    this.#lists.delete(recordKey(record));
    if (this.#owners !== null) own(this.#owners, record, this.paths(record));
  }

  /** Keys of the records that list a path. The first call reads the list of every record. */
  owners(path: string, records: () => Iterable<PackageRecord>): readonly string[] {
    if (this.#owners === null) {
      this.#owners = new Map();
      for (const record of records()) own(this.#owners, record, this.paths(record));
    }
    return this.#owners.get(path) ?? [];
  }

  #disown(record: PackageRecord): void {
    if (this.#owners === null) return;
    const key = recordKey(record);
    for (const path of this.paths(record)) {
      const rest = this.#owners.get(path)?.filter((owner) => owner !== key) ?? [];
      if (rest.length === 0) this.#owners.delete(path);
      else this.#owners.set(path, rest);
    }
  }
}

function own(owners: Map<string, string[]>, record: PackageRecord, paths: string[]): void {
  const key = recordKey(record);
  for (const path of paths) {
    const others = owners.get(path);
    if (others === undefined) owners.set(path, [key]);
    else if (!others.includes(key)) others.push(key);
  }
}

function parseList(text: string, record: PackageRecord): string[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') refuse(record, 'is missing its final newline');
  return lines.map((line) => {
    const path = line.length > 1 && line.endsWith('/') ? line.slice(0, -1) : line;
    if (path === '') refuse(record, 'contains an empty file name');
    return path;
  });
}

function refuse(record: PackageRecord, reason: string): never {
  throw new AptOstreeError('ERR_DPKG_DATABASE', `info/${infoName(record)}.list ${reason}`);
}
