import type { DatabaseSource, InfoFile } from './types.ts';
import type { WriteLog } from './write-log.ts';

const SCRIPTS = new Set(['config', 'postinst', 'postrm', 'preinst', 'prerm']);

/** The files of `info/`, by stem (name or name:architecture) and member; read when they are asked for. */
export class InfoStore {
  readonly #source: DatabaseSource;
  readonly #log: WriteLog;
  readonly #files = new Map<string, InfoFile | null>();
  #members: Map<string, Set<string>> | null = null;

  constructor(source: DatabaseSource, log: WriteLog) {
    this.#source = source;
    this.#log = log;
  }

  /** Null where the package has no such member. The mode of a file that was only read is the usual one. */
  get(stem: string, member: string): InfoFile | null {
    const path = infoPath(stem, member);
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const data = this.has(stem, member) ? this.#source.read(path) : null;
    const file = data === null ? null : { mode: SCRIPTS.has(member) ? 0o755 : 0o644, data };
    this.#files.set(path, file);
    return file;
  }

  has(stem: string, member: string): boolean {
    return this.#index().get(stem)?.has(member) ?? false;
  }

  members(stem: string): string[] {
    return [...(this.#index().get(stem) ?? [])];
  }

  set(stem: string, member: string, file: InfoFile): void {
    this.#note(stem, member, file);
    this.#log.file(infoPath(stem, member), file);
  }

  remove(stem: string, member: string): void {
    if (!this.has(stem, member)) return;
    this.#note(stem, member, null);
    this.#log.remove(infoPath(stem, member));
  }

  /** Takes over a file that was changed on disk; null where it was removed. */
  absorb(stem: string, member: string, data: Buffer | null): void {
    const mode = this.#files.get(infoPath(stem, member))?.mode ?? (SCRIPTS.has(member) ? 0o755 : 0o644);
    this.#note(stem, member, data === null ? null : { mode, data });
    this.#log.forget(infoPath(stem, member));
  }

  #note(stem: string, member: string, file: InfoFile | null): void {
    const index = this.#index();
    this.#files.set(infoPath(stem, member), file);
    const members = index.get(stem) ?? new Set();
    if (file === null) members.delete(member);
    else members.add(member);
    index.set(stem, members);
  }

  #index(): Map<string, Set<string>> {
    if (this.#members !== null) return this.#members;
    const index = new Map<string, Set<string>>();
    for (const file of this.#source.list('info')) {
      const [stem, member] = splitInfoName(file);
      const members = index.get(stem);
      if (members === undefined) index.set(stem, new Set([member]));
      else members.add(member);
    }
    this.#members = index;
    return index;
  }
}

function infoPath(stem: string, member: string): string {
  return `info/${stem}.${member}`;
}

/** Stem and member of a file of `info/`: a package name may hold dots, a member never does. */
export function splitInfoName(file: string): [stem: string, member: string] {
  const dot = file.lastIndexOf('.');
  return dot < 0 ? [file, ''] : [file.slice(0, dot), file.slice(dot + 1)];
}
