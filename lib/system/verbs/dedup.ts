import type { RunOptions } from '../../monitor/monitor.ts';
import { startTask } from '../../monitor/task.ts';
import { dedup as linkEqual } from '../../native/dedup.ts';
import type { DedupOptions } from '../requests.ts';
import type { DedupResult } from '../results.ts';

/** `dedup`: equal files of ordinary folders become hardlinks of one another. */
export async function dedup(options: DedupOptions, run: RunOptions): Promise<DedupResult> {
  const task = startTask(run.monitor, 'dedup', 'items');
  try {
    const { dirs, dryRun, ignoreMtime } = options;
    const onProgress = (done: number, total: number, text: string) => task.update(done, total, text);
    const stats = await linkEqual(dirs, { dryRun, ignoreMtime, signal: run.signal, onProgress });
    return { ...stats, seconds: task.end() };
  } finally {
    task.end();
  }
}
