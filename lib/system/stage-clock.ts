import type { WriteStats } from '../native/types.ts';
import type { TransactionStats } from './results.ts';

/** Adds up what a transaction took and wrote, for its result. */
export interface StageClock {
  time<T>(stage: string, work: () => Promise<T>): Promise<T>;
  add(stage: string, seconds: number): void;
  wrote(stats: WriteStats): void;
  stats(): TransactionStats;
}

export function startClock(): StageClock {
  const started = performance.now();
  const seconds: Record<string, number> = {
    resolve: 0,
    fetch: 0,
    import: 0,
    assemble: 0,
    scripts: 0,
    commit: 0,
  };
  const objects = { written: 0, reused: 0 };
  let bytesWritten = 0;
  const add = (stage: string, value: number) => {
    seconds[stage] = (seconds[stage] ?? 0) + value;
  };
  return {
    add,
    async time(stage, work) {
      const from = performance.now();
      try {
        return await work();
      } finally {
        add(stage, (performance.now() - from) / 1000);
      }
    },
    wrote(stats) {
      objects.written += stats.objectsWritten;
      objects.reused += stats.objectsReused;
      bytesWritten += stats.bytesWritten;
    },
    stats() {
      add('total', (performance.now() - started) / 1000 - (seconds.total ?? 0));
      const peakRss = process.resourceUsage().maxRSS * 1024;
      return { seconds: { ...seconds } as TransactionStats['seconds'], objects, bytesWritten, peakRss };
    },
  };
}
