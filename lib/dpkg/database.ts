import type { DiversionTable } from './diversions.ts';
import { FileLists } from './file-lists.ts';
import { freshFiles } from './fresh-files.ts';
import { isOldInfo, upgradeInfo } from './info-format.ts';
import { InfoStore, splitInfoName } from './info-store.ts';
import { InterestTable } from './interest-table.ts';
import { PathTables } from './path-tables.ts';
import { displayName, infoName, isPresent } from './record.ts';
import { RecordTable } from './record-table.ts';
import { parseStatus } from './stanza.ts';
import { readStatus } from './status-file.ts';
import type {
  DatabaseSource,
  DatabaseWrite,
  Diversion,
  InfoFile,
  PackageRecord,
  StatOverride,
} from './types.ts';
import { WriteLog } from './write-log.ts';

export interface DatabaseOptions {
  /** Native architecture of the system: "amd64". */
  architecture: string;
}

export { DATABASE_DIRECTORIES } from './fresh-files.ts';

const NOTHING: DatabaseSource = { read: () => null, list: () => [] };

/**
 * dpkg's admin directory in memory. Records are values: a record is changed by replacing it with another one.
 * Files are read when they are first needed; `changes` gives what has to be written. Not safe for use from two
 * transactions at once.
 */
export class DpkgDatabase {
  readonly architecture: string;
  readonly interests: InterestTable;
  /** Keys of the packages for which a trigger was activated, in the order in which to process them. */
  readonly deferredTriggers = new Set<string>();
  readonly #log = new WriteLog();
  readonly #info: InfoStore;
  readonly #lists: FileLists;
  readonly #records: RecordTable;
  readonly #paths: PathTables;
  #foreign: string[] = [];
  #unincorporated: string;
  #statusChanged = false;

  private constructor(source: DatabaseSource, options: DatabaseOptions) {
    this.architecture = options.architecture;
    this.#records = new RecordTable(options.architecture);
    this.#readArchitectures(source.read('arch'));
    this.#info = new InfoStore(source, this.#log);
    this.#lists = new FileLists(this.#info);
    for (const record of readStatus(source)) this.add(record);
    this.interests = new InterestTable(source, this.#log, (name) => this.#stemOf(name));
    this.#paths = new PathTables(source, this.#log);
    this.#unincorporated = source.read('triggers/Unincorp')?.toString() ?? '';
    if (isOldInfo(source.read('info/format'))) upgradeInfo(this.all(), this.#info, this.#log);
    this.#statusChanged = false;
  }

  /** @throws ERR_DPKG_DATABASE naming the file that is damaged. */
  static load(source: DatabaseSource, options: DatabaseOptions): DpkgDatabase {
    return new DpkgDatabase(source, options);
  }

  /** A database of no packages whose `changes` are the files of a fresh admin directory. */
  static empty(architecture: string): DpkgDatabase {
    const database = new DpkgDatabase(NOTHING, { architecture });
    database.#statusChanged = true;
    for (const { path, mode, text } of freshFiles(architecture)) database.#log.text(path, text, mode);
    return database;
  }

  /** Architectures besides the native one whose packages may be installed. */
  get foreignArchitectures(): readonly string[] {
    return this.#foreign;
  }

  /**
   * The record of a name, "name:architecture" or the two apart. Of several instances a bare name means the
   * native one, or "all", or the first.
   */
  get(name: string, architecture?: string): PackageRecord | undefined {
    if (architecture !== undefined) return this.#records.get(`${name}:${architecture}`);
    if (name.includes(':')) return this.#records.get(name);
    const instances = this.instances(name);
    const present = instances.filter(isPresent);
    if (present.length === 1) return present[0];
    const native = instances.find(
      (record) => record.architecture === this.architecture || record.architecture === 'all',
    );
    return native ?? instances[0];
  }

  /** Every record in the order of the status file. */
  all(): readonly PackageRecord[] {
    return this.#records.all();
  }

  /** The records of a name, one for each architecture, in the order in which they came. */
  instances(name: string): PackageRecord[] {
    return this.#records.instances(name);
  }

  /** The name that dpkg gives a package in messages and in Triggers-Awaited. */
  displayName(record: PackageRecord): string {
    return displayName(record, this.architecture);
  }

  /** @throws ERR_DPKG_DATABASE when there is a record of this name and architecture. */
  add(record: PackageRecord): void {
    this.#records.add(record);
    this.#statusChanged = true;
  }

  /** @throws ERR_DPKG_DATABASE when there is no record of this name and architecture. */
  replace(record: PackageRecord): void {
    if (this.#records.replace(record)) this.#statusChanged = true;
  }

  /** Forgets a record and everything in `info/` that is its own. */
  remove(record: PackageRecord): void {
    if (!this.#records.remove(record)) return;
    this.removeInfo(record);
    this.#statusChanged = true;
  }

  /**
   * Makes of the database what a new process of dpkg reads from the same files: the version of an installed package
   * is its last configured one, and pending triggers stand in reverse order. To be called before every run of
   * unpacks or removals that apt makes one call of dpkg; `runConfigureQueue` does so itself.
   */
  reopen(): void {
    this.deferredTriggers.clear();
    for (const record of this.all()) {
      const { version, configVersion, triggersPending } = record;
      const configured = record.state === 'installed' || record.state === 'triggers-pending';
      if ((!configured || configVersion === version) && triggersPending.length < 2) continue;
      this.replace({
        ...record,
        configVersion: configured ? version : configVersion,
        triggersPending: triggersPending.toReversed(),
      });
    }
  }

  /** Records that wait until the triggers of others have been processed. */
  awaiting(): PackageRecord[] {
    return this.#records.awaiting();
  }

  /** The package's `.list`: "/." first, in the order and spelling of its archive. */
  paths(record: PackageRecord): readonly string[] {
    return this.#lists.paths(record);
  }

  setPaths(record: PackageRecord, paths: string[]): void {
    this.#lists.set(record, paths);
  }

  /** The records that list a path in just this spelling. The first call reads every list. */
  owners(path: string): PackageRecord[] {
    return this.ownerKeys(path).map((key) => this.#records.get(key)!);
  }

  /** Keys of the owners, at less cost where a directory has many. */
  ownerKeys(path: string): readonly string[] {
    return this.#lists.owners(path, () => this.all());
  }

  infoName(record: PackageRecord): string {
    return infoName(record);
  }

  /** A control member of an installed package, or null. */
  info(record: PackageRecord, member: string): InfoFile | null {
    return this.#info.get(infoName(record), member);
  }

  hasInfo(record: PackageRecord, member: string): boolean {
    return this.#info.has(infoName(record), member);
  }

  /** Names of the package's files in `info/`, its "list" among them. */
  infoMembers(record: PackageRecord): string[] {
    return this.#info.members(infoName(record));
  }

  setInfo(record: PackageRecord, member: string, file: InfoFile): void {
    this.#info.set(infoName(record), member, file);
  }

  /** Removes one member, or without a name all of them and the list. */
  removeInfo(record: PackageRecord, member?: string): void {
    const members = member === undefined ? this.infoMembers(record) : [member];
    for (const name of members)
      if (name === 'list') this.#lists.remove(record);
      else this.#info.remove(infoName(record), name);
  }

  get diversions(): DiversionTable {
    return this.#paths.diversions;
  }

  setDiversions(entries: readonly Diversion[]): void {
    this.#paths.setDiversions(entries);
  }

  /** Where a package's file of this name really stands. */
  effectivePath(path: string, packageName: string): string {
    return this.#paths.diversions.effective(path, packageName);
  }

  statOverride(path: string): StatOverride | undefined {
    return this.#paths.override(path);
  }

  setStatOverrides(overrides: readonly StatOverride[]): void {
    this.#paths.setOverrides(overrides);
  }

  /** Takes the activations that scripts asked for and that are not incorporated yet. */
  takeUnincorporated(): string {
    const text = this.#unincorporated;
    if (text !== '') this.#log.text('triggers/Unincorp', '');
    this.#unincorporated = '';
    return text;
  }

  /**
   * Reads a file of the admin directory back that a script changed or removed. Activations wait for
   * `incorporateTriggers`; of a status file only selections (hold) are taken over.
   *
   * @returns whether the file means anything here.
   * @throws ERR_DPKG_DATABASE when it is damaged.
   */
  absorb(path: string, data: Buffer | null): boolean {
    const text = data?.toString() ?? '';
    const [, folder, name] = /^(?:(info|triggers)\/)?([^/]+)$/.exec(path) ?? [];
    if (name === undefined) return false;
    if (folder === 'info') this.#absorbInfo(name, data);
    else if (path === 'triggers/Unincorp') this.#unincorporated = text;
    else if (folder === 'triggers') this.interests.absorb(name, data);
    else if (path === 'arch') this.#readArchitectures(data);
    else if (path === 'status') this.#absorbSelections(text);
    else if (!this.#paths.absorb(path, text)) return false;
    this.#log.forget(path);
    return true;
  }

  /** The files to write or to delete since the last call; of `status` there is at most one. */
  changes(): DatabaseWrite[] {
    if (this.#statusChanged) this.#log.file('status', { mode: 0o644, data: this.status() });
    this.#statusChanged = false;
    return this.#log.take();
  }

  /** The status file of this moment. */
  status(): Buffer {
    return this.#records.serialize();
  }

  /** Of a status file that is not ours only the selections count: states are changed by nobody else. */
  #absorbSelections(text: string): void {
    for (const { name, architecture, want } of parseStatus(text)) {
      const known = this.get(name, architecture);
      if (known !== undefined && known.want !== want) this.replace({ ...known, want });
    }
    this.#statusChanged = true;
  }

  #absorbInfo(file: string, data: Buffer | null): void {
    const [stem, member] = splitInfoName(file);
    this.#info.absorb(stem, member, data);
    const owner = stem.includes(':')
      ? this.get(stem)
      : this.instances(stem).find((record) => infoName(record) === stem);
    if (member === 'list' && owner !== undefined) this.#lists.forget(owner);
  }

  #stemOf(name: string): string {
    const record = this.get(name);
    return record === undefined ? name : infoName(record);
  }

  #readArchitectures(data: Buffer | null): void {
    const names = (data?.toString() ?? '').split('\n').filter((name) => name !== '');
    this.#foreign = names.filter((name) => name !== this.architecture);
  }
}
