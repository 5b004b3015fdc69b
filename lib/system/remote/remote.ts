import { AptOstreeError } from '../../errors/error.ts';
import type { ProgressEvent, RunOptions } from '../../monitor/monitor.ts';
import { ChildClient } from '../../native/child-client.ts';
import { ScriptExecutionManager } from '../../scripts/script-execution-manager.ts';
import type { ScriptResult } from '../../scripts/types.ts';
import type { OpenScriptsOptions, SystemOptions } from '../requests.ts';
import { type AptOstreeSystem, SYSTEM_METHODS, type TransactionRun } from '../types.ts';
import { openRemoteScripts } from './remote-scripts.ts';

/** What a running call tells. */
export type EngineEvent = { progress: ProgressEvent } | { warning: string };

/**
 * Opens the engine in a process of its own: whatever happens to it, this process goes on. A call during which it
 * dies rejects with ERR_INTERNAL naming the signal; the next call starts it again. It does not keep this process
 * alive while idle, and ends with it.
 * @param module what the process runs; default: the engine of this package
 */
export async function openRemote(
  options: SystemOptions,
  module = 'system/remote/remote-child',
): Promise<AptOstreeSystem> {
  let engine: Promise<ChildClient> | undefined;
  let closed = false;

  const running = async (): Promise<ChildClient> => {
    if (closed) throw new AptOstreeError('ERR_CLOSED', 'the system was closed before');
    const current = await engine?.catch(() => undefined);
    if (current?.alive) return current;
    engine = start(options, module);
    return engine;
  };
  await running();

  const methods = SYSTEM_METHODS.map((method) => [
    method,
    async (request: unknown, run: TransactionRun = {}) => {
      run.signal?.throwIfAborted();
      const client = await running();
      return client.call(method, request, {
        signal: run.signal,
        onEvent(event) {
          const told = event as EngineEvent;
          if ('progress' in told) run.monitor?.progress(told.progress);
          else run.monitor?.warning(told.warning);
        },
        onQuestion: (result) => run.decideScript?.(result as ScriptResult) ?? 'fail',
      });
    },
  ]);
  return {
    ...Object.fromEntries(methods),
    async openScripts({ policy, ...plain }: OpenScriptsOptions, run: RunOptions = {}) {
      run.signal?.throwIfAborted();
      const backend = await openRemoteScripts(await running(), plain, run.signal);
      return new ScriptExecutionManager(backend, policy);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      const client = await engine?.catch(() => undefined);
      // Running calls are aborted and clean up behind them; a process that has died has nothing to close.
      if (client?.alive) await client.call('close', null).catch(() => {});
      await client?.close();
    },
  } as AptOstreeSystem;
}

async function start(options: SystemOptions, module: string): Promise<ChildClient> {
  const client = ChildClient.start(module, { title: "the engine's process", code: 'ERR_INTERNAL' });
  try {
    await client.call('open', options);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}
