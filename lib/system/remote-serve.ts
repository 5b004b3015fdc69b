import { toErrorValue } from '../errors/error.ts';
import type { FromEngine, ToEngine } from './remote-messages.ts';
import type { SystemOptions } from './requests.ts';
import type { AptOstreeSystem } from './types.ts';

/** The end of a message channel that the engine's process holds. */
export interface EngineChannel {
  send(message: FromEngine): void;
  onMessage(listener: (message: ToEngine) => void): void;
  /** The other side is gone. */
  onDisconnect(listener: () => void): void;
}

/**
 * Answers calls from the channel with an engine. Ends (and disposes of the engine) after `close`, or when the other
 * side is gone: its calls are then aborted, so that nothing half done goes on without anybody who wants it.
 */
export async function serveEngine(
  open: (options: SystemOptions) => Promise<AptOstreeSystem>,
  channel: EngineChannel,
): Promise<void> {
  const running = new Map<number, { controller: AbortController; done: Promise<void> }>();
  let engine: AptOstreeSystem | undefined;
  const { promise: finished, resolve: finish } = deferred();

  const shutDown = async () => {
    for (const { controller } of running.values()) controller.abort();
    await Promise.all([...running.values()].map(({ done }) => done));
    await engine?.[Symbol.asyncDispose]();
    finish();
  };
  channel.onDisconnect(() => void shutDown());
  channel.onMessage(async (message) => {
    switch (message.type) {
      case 'open':
        try {
          engine = await open(message.options);
          channel.send({ type: 'opened' });
        } catch (error) {
          channel.send({ type: 'refused', error: toErrorValue(error) });
          finish();
        }
        return;
      case 'call': {
        const controller = new AbortController();
        const done = answer(engine, message, controller.signal, channel).finally(() =>
          running.delete(message.id),
        );
        running.set(message.id, { controller, done });
        return;
      }
      case 'abort':
        running.get(message.id)?.controller.abort();
        return;
      case 'close':
        return shutDown();
    }
  });
  await finished;
}

async function answer(
  engine: AptOstreeSystem | undefined,
  { id, method, options }: Extract<ToEngine, { type: 'call' }>,
  signal: AbortSignal,
  channel: EngineChannel,
): Promise<void> {
  const monitor = {
    progress: (event: Extract<FromEngine, { type: 'progress' }>['event']) =>
      channel.send({ type: 'progress', id, event }),
    warning: (text: string) => channel.send({ type: 'warning', id, text }),
  };
  try {
    if (!engine) throw new Error(`${method} was called before the engine was open`);
    const call = engine[method].bind(engine) as (options: unknown, run: object) => Promise<unknown>;
    channel.send({ type: 'result', id, value: await call(options, { signal, monitor }) });
  } catch (error) {
    const aborted =
      signal.aborted && (error === signal.reason || toErrorValue(error).code === 'ERR_CANCELLED');
    channel.send({ type: 'error', id, error: toErrorValue(error), aborted });
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
