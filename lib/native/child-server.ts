import { toErrorValue } from '../errors/error.ts';
import type { FromChild, ToChild } from './child-protocol.ts';

/** What a method of a child process is given beside its arguments. */
export interface ChildContext {
  signal: AbortSignal;
  emit(event: unknown): void;
}

export type ChildMethods = Record<string, (args: never, context: ChildContext) => Promise<unknown>>;

/**
 * Serves calls over the IPC channel of a forked process until the parent goes. Then the process kills itself:
 * native threads may be at work, and an ordinary exit would run destructors under their feet.
 */
export function serveChild(methods: ChildMethods): void {
  const running = new Map<number, AbortController>();
  const send = (message: FromChild) => {
    if (process.connected) process.send?.(message);
  };

  async function call(message: ToChild & { type: 'call' }): Promise<void> {
    const { id, method, args } = message;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const run = methods[method];
      if (run === undefined) throw new Error(`no method ${method}`);
      const context = {
        signal: controller.signal,
        emit: (event: unknown) => send({ type: 'event', id, event }),
      };
      send({ type: 'result', id, value: await run(args as never, context) });
    } catch (error) {
      send({ type: 'error', id, error: toErrorValue(error) });
    } finally {
      running.delete(id);
    }
  }

  process.on('message', (message: ToChild) => {
    if (message.type === 'call') void call(message);
    else running.get(message.id)?.abort();
  });
  // A terminal sends Ctrl-C to every process of the group; what it means is the parent's to say.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
