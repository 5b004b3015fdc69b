import { type ChildProcess, fork } from 'node:child_process';
import type { ErrorCode } from '../errors/codes.ts';
import { AptOstreeError, fromErrorValue, toErrorValue } from '../errors/error.ts';
import { childModule } from './child-module.ts';
import type { FromChild, ToChild } from './child-protocol.ts';

export interface ChildOptions {
  /** What it is, for messages: "the apt child process". */
  title: string;
  /** Code of the error when it dies. */
  code: ErrorCode;
  env?: NodeJS.ProcessEnv;
}

export interface ChildCallOptions {
  signal?: AbortSignal | undefined;
  onEvent?: ((event: unknown) => void) | undefined;
  /** Answers what the method asks; what it throws is thrown there. */
  onQuestion?: ((question: unknown) => unknown) | undefined;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onEvent: ChildCallOptions['onEvent'];
  onQuestion: ChildCallOptions['onQuestion'];
  signal: AbortSignal | undefined;
  at: Error;
}

const TAIL = 4096;
/** How long a call may take to stop after an abort before its process is killed. */
const CANCEL_MILLISECONDS = 5000;
/** What the process wrote last may arrive after the news of its end. */
const LAST_WORDS_MILLISECONDS = 20;

/**
 * A child process that answers calls (`serveChild`). Not shared: whoever starts it closes it. It keeps this process
 * alive only while a call runs or while it ends.
 */
export class ChildClient implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #options: ChildOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #next = 1;
  #errors = '';
  #closing = false;
  #death: string | null = null;

  private constructor(child: ChildProcess, options: ChildOptions) {
    this.#child = child;
    this.#options = options;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-TAIL);
    });
    child.on('message', (message) => this.#receive(message as FromChild));
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => this.#end(error.message, resolve));
      // Not "close": after a disconnect of ours it never comes, and grandchildren may hold stderr open.
      child.once('exit', (code, signal) => {
        const how = signal ? `signal ${signal}` : `exit status ${code}`;
        setTimeout(() => this.#end(how, resolve), LAST_WORDS_MILLISECONDS);
      });
    });
  }

  /** Starts the compiled module `name` ("resolution/host"). */
  static start(name: string, options: ChildOptions): ChildClient {
    const child = fork(childModule(name), [], {
      serialization: 'advanced',
      env: options.env ?? process.env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const client = new ChildClient(child, options);
    client.#holdEventLoop();
    return client;
  }

  /** False once it has died or was closed; every call is then refused. */
  get alive(): boolean {
    return this.#death === null && !this.#closing;
  }

  /**
   * Calls a method. An abort rejects with the signal's own reason, after the work has stopped.
   *
   * @throws the error of the method; `options.code` when the process dies; ERR_CLOSED after `close`.
   */
  async call<T>(method: string, args: unknown, options: ChildCallOptions = {}): Promise<T> {
    const at = new Error();
    const { signal, onEvent, onQuestion } = options;
    signal?.throwIfAborted();
    this.requireOpen(at);
    const id = this.#next++;
    let killer: NodeJS.Timeout | undefined;
    const abort = () => {
      this.#send({ type: 'cancel', id });
      killer = setTimeout(() => this.#child.kill('SIGKILL'), CANCEL_MILLISECONDS);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return (await new Promise((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onEvent, onQuestion, signal, at });
        this.#holdEventLoop();
        this.#send({ type: 'call', id, method, args });
      })) as T;
    } finally {
      clearTimeout(killer);
      signal?.removeEventListener('abort', abort);
      this.#holdEventLoop();
    }
  }

  /** @throws ERR_CLOSED after `close`, `options.code` when the process has died. */
  requireOpen(at = new Error()): void {
    if (this.#closing) throw new AptOstreeError('ERR_CLOSED', `${this.#options.title} was closed before`);
    if (this.#death !== null) throw this.#died(this.#death, at);
  }

  /** Ends the process and everything that it is doing. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#holdEventLoop();
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(message: ToChild): void {
    // A failed write means that the process is gone; its end rejects all calls.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromChild): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (message.type === 'event') {
      pending.onEvent?.(message.event);
      return;
    }
    if (message.type === 'question') {
      void this.#answer(message, pending.onQuestion);
      return;
    }
    this.#pending.delete(message.id);
    const { resolve, reject, signal, at } = pending;
    if (message.type === 'result') resolve(message.value);
    else reject(signal?.aborted ? signal.reason : withStack(fromErrorValue(message.error), at));
  }

  async #answer(
    { id, question, value }: FromChild & { type: 'question' },
    onQuestion: ChildCallOptions['onQuestion'],
  ): Promise<void> {
    try {
      const answer = await onQuestion?.(value);
      this.#send({ type: 'answer', id, question, value: answer, error: null });
    } catch (error) {
      this.#send({ type: 'answer', id, question, value: null, error: toErrorValue(error) });
    }
  }

  #end(how: string, resolve: () => void): void {
    this.#death ??= how;
    for (const { reject, signal, at } of this.#pending.values())
      reject(signal?.aborted ? signal.reason : this.#died(how, at));
    this.#pending.clear();
    resolve();
  }

  #holdEventLoop(): void {
    const needed = this.#pending.size > 0 || this.#closing;
    const stderr = this.#child.stderr as unknown as { ref(): void; unref(): void };
    for (const handle of [this.#child, this.#child.channel, stderr]) needed ? handle?.ref() : handle?.unref();
  }

  #died(how: string, at: Error): AptOstreeError {
    const { code, title } = this.#options;
    const stderr = this.#errors.trim();
    return withStack(
      new AptOstreeError(code, `${title} ended unexpectedly (${how})`, { details: { how, stderr } }),
      at,
    );
  }
}

/** Shows the caller's stack rather than that of the message loop. */
function withStack(error: AptOstreeError, at: Error): AptOstreeError {
  if (at.stack) error.stack = `${error.name}: ${error.message}\n${at.stack.split('\n').slice(1).join('\n')}`;
  return error;
}
