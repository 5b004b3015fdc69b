import { AptOstreeError } from '../errors/error.ts';
import {
  type FileInterest,
  type Interest,
  parseFileInterests,
  parseInterests,
  serializeFileInterests,
  serializeInterests,
  triggerKind,
} from './interests.ts';
import type { DatabaseSource } from './types.ts';
import type { WriteLog } from './write-log.ts';

const RESERVED = new Set(['File', 'Unincorp', 'Lock']);

/** Which package is interested in which trigger: `triggers/File` and a file for each explicit trigger. */
export class InterestTable {
  readonly #log: WriteLog;
  readonly #stem: (packageName: string) => string;
  #files: FileInterest[];
  #byPath: Map<string, FileInterest[]>;
  readonly #explicit = new Map<string, Interest[]>();

  /** @param stem the name that dpkg writes today for a package that older ones named otherwise. */
  constructor(source: DatabaseSource, log: WriteLog, stem: (packageName: string) => string) {
    this.#log = log;
    this.#stem = stem;
    this.#files = this.#parseFiles(source.read('triggers/File'));
    this.#byPath = indexByPath(this.#files);
    for (const name of source.list('triggers'))
      if (!RESERVED.has(name) && triggerKind(name) === 'explicit')
        this.#explicit.set(name, parseInterests(source.read(`triggers/${name}`)?.toString() ?? ''));
  }

  /** The interests in exactly this path, the latest first as dpkg activates them. */
  inPath(path: string): readonly FileInterest[] {
    return this.#byPath.get(path) ?? [];
  }

  inName(name: string): readonly Interest[] {
    return this.#explicit.get(name) ?? [];
  }

  /** @throws ERR_DEB_CONTROL for a name that is no trigger's. */
  add(trigger: string, interest: Interest): void {
    const kind = triggerKind(trigger);
    if (kind === 'file') this.#addFile(trigger, interest);
    else if (kind === 'explicit') this.#replaceExplicit(trigger, interest.package, interest);
    else
      throw new AptOstreeError(
        'ERR_DEB_CONTROL',
        `invalid trigger name '${trigger}' (interest of package ${interest.package})`,
      );
  }

  remove(trigger: string, packageName: string): void {
    if (triggerKind(trigger) === 'file') this.#removeFile(trigger, packageName);
    else this.#replaceExplicit(trigger, packageName, null);
  }

  /** Takes over a file of `triggers/` that was changed on disk; null where it was removed. */
  absorb(name: string, data: Buffer | null): void {
    if (name === 'File') {
      this.#files = this.#parseFiles(data);
      this.#byPath = indexByPath(this.#files);
    } else if (data === null) this.#explicit.delete(name);
    else this.#explicit.set(name, parseInterests(data.toString()));
    this.#log.forget(`triggers/${name}`);
  }

  #parseFiles(data: Buffer | null): FileInterest[] {
    const interests = parseFileInterests(data?.toString() ?? '');
    return interests.map((interest) => ({ ...interest, package: this.#stem(interest.package) }));
  }

  #addFile(path: string, interest: Interest): void {
    const known = this.#files.find((entry) => entry.path === path && entry.package === interest.package);
    if (known === undefined) this.#setFiles([...this.#files, { path, ...interest }]);
    else known.await = interest.await;
  }

  #removeFile(path: string, packageName: string): void {
    const rest = this.#files.filter((entry) => entry.path !== path || entry.package !== packageName);
    if (rest.length !== this.#files.length) this.#setFiles(rest);
  }

  #setFiles(files: FileInterest[]): void {
    this.#files = files;
    this.#byPath = indexByPath(files);
    if (files.length === 0) this.#log.remove('triggers/File');
    else this.#log.text('triggers/File', serializeFileInterests(files));
  }

  #replaceExplicit(trigger: string, packageName: string, interest: Interest | null): void {
    // Unlike in `File`, dpkg leaves the names of the others as they stand.
    const rest = this.inName(trigger).filter((entry) => this.#stem(entry.package) !== packageName);
    const interests = interest === null ? rest : [...rest, interest];
    if (interests.length > 0) {
      this.#explicit.set(trigger, interests);
      this.#log.text(`triggers/${trigger}`, serializeInterests(interests));
    } else if (this.#explicit.delete(trigger)) this.#log.remove(`triggers/${trigger}`);
  }
}

function indexByPath(files: FileInterest[]): Map<string, FileInterest[]> {
  const index = new Map<string, FileInterest[]>();
  for (const entry of files.toReversed()) {
    const entries = index.get(entry.path);
    if (entries === undefined) index.set(entry.path, [entry]);
    else entries.push(entry);
  }
  return index;
}
