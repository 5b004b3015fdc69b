import { fromErrorValue, toErrorValue } from '../errors/error.ts';
import type { FromChild, ToChild } from './child-protocol.ts';

/** What a method of a child process is given beside its arguments. */
export interface ChildContext {
  signal: AbortSignal;
  emit(event: unknown): void;
  /** What the parent answers. It waits as long as that takes. @throws what the parent's answer threw */
  ask(question: unknown): Promise<unknown>;
}

export type ChildMethods = Record<string, (args: never, context: ChildContext) => Promise<unknown>>;

interface Running {
  controller: AbortController;
  /** By number. */
  questions: { resolve(value: unknown): void; reject(error: unknown): void }[];
}

/**
 * Serves calls over the IPC channel of a forked process until the parent goes. Then the process kills itself:
 * native threads may be at work, and an ordinary exit would run destructors under their feet.
 */
export function serveChild(methods: ChildMethods): void {
  const running = new Map<number, Running>();
  const send = (message: FromChild) => {
    if (process.connected) process.send?.(message);
  };

  async function call(message: ToChild & { type: 'call' }): Promise<void> {
    const { id, method, args } = message;
    const controller = new AbortController();
    const questions: Running['questions'] = [];
    running.set(id, { controller, questions });
    try {
      const run = methods[method];
      if (run === undefined) throw new Error(`no method ${method}`);
      const context = {
        signal: controller.signal,
        emit: (event: unknown) => send({ type: 'event', id, event }),
        ask: (value: unknown) =>
          new Promise((resolve, reject) => {
            const question = questions.push({ resolve, reject }) - 1;
            send({ type: 'question', id, question, value });
          }),
      };
      send({ type: 'result', id, value: await run(args as never, context) });
    } catch (error) {
      send({ type: 'error', id, error: toErrorValue(error) });
    } finally {
      running.delete(id);
    }
  }

  function answer({ id, question, value, error }: ToChild & { type: 'answer' }): void {
    const asked = running.get(id)?.questions[question];
    if (error) asked?.reject(fromErrorValue(error));
    else asked?.resolve(value);
  }

  process.on('message', (message: ToChild) => {
    if (message.type === 'call') void call(message);
    else if (message.type === 'cancel') running.get(message.id)?.controller.abort();
    else answer(message);
  });
  // A terminal sends Ctrl-C to every process of the group; what it means is the parent's to say.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
