import type { RunOptions } from '../monitor/monitor.ts';
import type { AptHost, FetchedDeb } from '../resolution/apt-host.ts';
import type { ResolvedPackage } from '../resolution/plan.ts';

/**
 * Fetches packages and hands each to `use` as soon as it is there, while others are still coming; at most `parallel`
 * uses run at a time. Returns the uses' results in the order of `packages`. When one fails, the fetch stops, and what
 * was begun is waited for.
 *
 * @throws ERR_APT_FETCH, ERR_APT_UNTRUSTED, and what `use` throws.
 */
export async function fetchEach<T>(
  host: AptHost,
  packages: ResolvedPackage[],
  use: (deb: FetchedDeb, signal: AbortSignal) => Promise<T>,
  options: RunOptions & { parallel?: number } = {},
): Promise<T[]> {
  const { parallel = 2, signal: outer, monitor } = options;
  const stop = new AbortController();
  const signal = outer ? AbortSignal.any([outer, stop.signal]) : stop.signal;
  const results = new Map<ResolvedPackage, T>();
  const waiting: FetchedDeb[] = [];
  const workers = new Set<Promise<void>>();

  async function work(): Promise<void> {
    for (let deb = waiting.shift(); deb !== undefined; deb = waiting.shift()) {
      signal.throwIfAborted();
      results.set(deb.package, await use(deb, signal));
    }
  }
  function start(deb: FetchedDeb): void {
    waiting.push(deb);
    if (workers.size >= parallel) return;
    const worker: Promise<void> = work()
      .catch((error) => stop.abort(error))
      .finally(() => workers.delete(worker));
    workers.add(worker);
  }

  try {
    await host.fetch(packages, { signal, monitor, onFile: start });
  } catch (error) {
    stop.abort(error);
    throw stop.signal.reason;
  } finally {
    while (workers.size > 0) await Promise.all(workers);
  }
  signal.throwIfAborted();
  return packages.map((item) => results.get(item)!);
}
