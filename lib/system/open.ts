import { openEngine } from './engine.ts';
import { openRemote } from './remote/remote.ts';
import type { SystemOptions } from './requests.ts';
import type { AptOstreeSystem } from './types.ts';

export interface OpenOptions extends SystemOptions {
  /**
   * true (the default): the engine runs in a process of its own, and a crash there rejects the running calls.
   * false: it runs in this process, which saves the start of another one.
   */
  isolate?: boolean | undefined;
}

/** An engine with an end that JavaScript without `await using` can call too. */
export interface OpenSystem extends AptOstreeSystem {
  /** Aborts what is running, waits for its end and frees everything. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the engine: `await using system = await openSystem({ repo: '/srv/repo' })`.
 * @throws ERR_NATIVE_LOAD, and what opening the repository or sysroot throws
 */
export async function openSystem(options: OpenOptions = {}): Promise<OpenSystem> {
  const { isolate = true, ...rest } = options;
  const system = await (isolate ? openRemote(rest) : openEngine(rest));
  return Object.assign(system, { close: async () => system[Symbol.asyncDispose]() });
}
