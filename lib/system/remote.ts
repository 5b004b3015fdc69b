import { AptOstreeError } from '../errors/error.ts';
import type { RunOptions } from '../monitor/monitor.ts';
import { childEntry } from '../native/child-entry.ts';
import { EngineProcess } from './remote-process.ts';
import type { SystemOptions } from './requests.ts';
import { type AptOstreeSystem, SYSTEM_METHODS } from './types.ts';

/**
 * Opens the engine in a process of its own: whatever happens to it, this process goes on. A call during which it
 * dies rejects with ERR_INTERNAL; the next call starts it again. It does not keep this process alive while idle.
 * @param entry the compiled module that the process runs; default: the engine of this package
 */
export async function openRemote(
  options: SystemOptions,
  entry = childEntry(import.meta.url, 'remote-child'),
): Promise<AptOstreeSystem> {
  let engine: Promise<EngineProcess> | undefined;
  let closed = false;

  const running = async (): Promise<EngineProcess> => {
    if (closed) throw new AptOstreeError('ERR_CLOSED', 'the system was closed before');
    const current = await engine?.catch(() => undefined);
    if (current?.alive) return current;
    engine = EngineProcess.start(entry, options);
    return engine;
  };
  await running();

  const methods = SYSTEM_METHODS.map((method) => [
    method,
    async (request: unknown, run: RunOptions = {}) => {
      run.signal?.throwIfAborted();
      return (await running()).call(method, request, run);
    },
  ]);
  return {
    ...Object.fromEntries(methods),
    async [Symbol.asyncDispose]() {
      closed = true;
      const current = await engine?.catch(() => undefined);
      await current?.close();
    },
  } as AptOstreeSystem;
}
