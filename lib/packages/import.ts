import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { RunOptions } from '../monitor/monitor.ts';
import { startTask } from '../monitor/task.ts';
import type { Repo } from '../native/repo.ts';
import type { ImportedDeb } from '../native/types.ts';

/** A .deb to import. `sha256` (64 lower-case hex digits) is what it must be; null: whatever it is. */
export interface DebFile {
  file: string;
  sha256: string | null;
}

export interface ImportOptions extends RunOptions {
  /** How many are imported at the same time; default: one a processor. */
  concurrency?: number | undefined;
}

/**
 * Imports .debs as package commits within the open transaction of `repo`; results are in the order of `files`.
 * A .deb that an earlier transaction imported is not read again. The refs exist when the transaction commits.
 * After the first failure the others stop; the transaction stays usable, and nothing refers to what the failed
 * import wrote.
 *
 * @throws ERR_DEB_FORMAT, ERR_DEB_LIMIT, ERR_DEB_CONTROL, ERR_DEB_RESERVED_PATH, ERR_DEB_HASH, ERR_SYSTEM, ERR_NO_SPACE
 */
export async function importDebs(
  repo: Repo,
  files: DebFile[],
  options: ImportOptions = {},
): Promise<ImportedDeb[]> {
  options.signal?.throwIfAborted();
  const sizes = await Promise.all(files.map(({ file }) => sizeOf(file)));
  const progress = byteProgress(sizes, options);
  const results = new Array<ImportedDeb>(files.length);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  // The largest first: none is left over for one processor at the end.
  const queue = files.map((_, i) => i).sort((a, b) => sizes[b]! - sizes[a]!);
  const worker = async () => {
    for (let i = queue.shift(); i !== undefined; i = queue.shift()) {
      const { file, sha256 } = files[i]!;
      const at = i;
      const onProgress = (done: number) => progress.update(at, done, file);
      try {
        results[i] = await repo.call({ signal, onProgress }, (b, handle, call) =>
          b.importDeb(handle, file, sha256, call),
        );
      } catch (error) {
        if (!failed.signal.aborted) failed.abort(error);
        throw error;
      }
      progress.update(i, sizes[i]!, file);
    }
  };
  const width = Math.max(1, Math.min(options.concurrency ?? availableParallelism(), files.length));
  const ends = await Promise.allSettled(Array.from({ length: width }, worker));
  progress.end();
  if (ends.some((end) => end.status === 'rejected')) throw failed.signal.reason;
  return results;
}

/** 0 where there is no file: it may not be needed, and if it is, the import names it. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function byteProgress(sizes: number[], { monitor }: ImportOptions) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const task = startTask(monitor, 'import', 'bytes', '', total);
  const done = new Array<number>(sizes.length).fill(0);
  let sum = 0;
  return {
    update(index: number, bytes: number, text: string) {
      const now = Math.min(bytes, sizes[index]!);
      sum += now - done[index]!;
      done[index] = now;
      task.update(sum, total, text);
    },
    end: () => task.end(),
  };
}
