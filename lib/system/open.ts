import { openEngine } from './engine.ts';
import { openRemote } from './remote.ts';
import type { SystemOptions } from './requests.ts';
import type { AptOstreeSystem } from './types.ts';

export interface OpenOptions extends SystemOptions {
  /**
   * true (the default): the engine runs in a process of its own, and a crash there rejects the running calls.
   * false: it runs in this process, which saves the start of another one.
   */
  isolate?: boolean | undefined;
}

/**
 * Opens the engine: `await using system = await openSystem({ repo: '/srv/repo' })`.
 * @throws ERR_NATIVE_LOAD, and what opening the repository or sysroot throws
 */
export async function openSystem(options: OpenOptions = {}): Promise<AptOstreeSystem> {
  const { isolate = true, ...rest } = options;
  return isolate ? openRemote(rest) : openEngine(rest);
}
