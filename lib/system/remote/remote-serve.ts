import type { ChildContext, ChildMethods } from '../../native/child-server.ts';
import type { FailureDecision } from '../../scripts/types.ts';
import type { SystemOptions } from '../requests.ts';
import { type AptOstreeSystem, SYSTEM_METHODS, type TransactionRun } from '../types.ts';
import type { EngineEvent } from './remote.ts';
import { remoteScriptMethods } from './remote-scripts.ts';

/** The methods that `remote.ts` calls in its child process: `open`, those of the engine, and `close`. */
export function engineMethods(open: (options: SystemOptions) => Promise<AptOstreeSystem>): ChildMethods {
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  let engine: AptOstreeSystem | undefined;

  const methods = SYSTEM_METHODS.map((method) => {
    const call = async (request: never, context: ChildContext) => {
      if (!engine) throw new Error(`${method} was called before the engine was open`);
      const emit = (event: EngineEvent) => context.emit(event);
      const run: TransactionRun = {
        signal: AbortSignal.any([context.signal, closing.signal]),
        monitor: {
          progress: (progress: Extract<EngineEvent, { progress: unknown }>['progress']) => emit({ progress }),
          warning: (warning: string) => emit({ warning }),
        },
        decideScript: (result) => context.ask(result) as Promise<FailureDecision>,
      };
      const result: Promise<unknown> = engine[method](request, run);
      running.add(result);
      return result.finally(() => running.delete(result));
    };
    return [method, call];
  });

  const requireEngine = () => {
    if (!engine) throw new Error('scripts were opened before the engine was');
    return engine;
  };
  return {
    ...Object.fromEntries(methods),
    ...remoteScriptMethods(requireEngine, closing.signal),
    async open(options: SystemOptions) {
      engine = await open(options);
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
      await engine?.[Symbol.asyncDispose]();
    },
  };
}
