import type { DatabaseWrite, InfoFile } from './types.ts';

/** Files of the admin directory that changed since they were last taken; of two changes the later counts. */
export class WriteLog {
  #writes = new Map<string, DatabaseWrite>();

  text(path: string, text: string, mode = 0o644): void {
    this.file(path, { mode, data: Buffer.from(text) });
  }

  file(path: string, file: InfoFile): void {
    this.#writes.set(path, { path, ...file });
  }

  remove(path: string): void {
    this.#writes.set(path, { path, remove: true });
  }

  /** Drops what is noted for a file that was changed on disk meanwhile. */
  forget(path: string): void {
    this.#writes.delete(path);
  }

  take(): DatabaseWrite[] {
    const writes = [...this.#writes.values()];
    this.#writes = new Map();
    return writes;
  }
}
