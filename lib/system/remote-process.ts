import { type ChildProcess, fork } from 'node:child_process';
import { AptOstreeError, fromErrorValue } from '../errors/error.ts';
import type { RunOptions } from '../monitor/monitor.ts';
import type { FromEngine, ToEngine } from './remote-messages.ts';
import type { SystemOptions } from './requests.ts';
import type { SystemMethod } from './types.ts';

interface PendingCall {
  run: RunOptions;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

const STDERR_KEPT = 4096;

/** One child process with an engine in it, and the calls that wait for its answers. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PendingCall>();
  readonly #exited: Promise<void>;
  #opening: { resolve(): void; reject(reason: unknown): void } | undefined;
  #death: AptOstreeError | undefined;
  #closing = false;
  #lastWords = '';
  #nextId = 1;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message) => this.#receive(message as FromEngine));
    child.stderr?.on('data', (text: Buffer) => {
      this.#lastWords = `${this.#lastWords}${text}`.slice(-STDERR_KEPT);
    });
    this.#exited = new Promise((resolve) => {
      const ended = (what: string) => {
        this.#die(what);
        resolve();
      };
      // `close`, not `exit`: by then stderr has been read to its end.
      child.once('close', (code, signal) =>
        ended(signal ? `was ended by ${signal}` : `ended with status ${code}`),
      );
      child.once('error', (cause) => ended(`could not be started: ${cause.message}`));
    });
  }

  /** @throws what the engine refuses to open with */
  static async start(entry: string, options: SystemOptions): Promise<EngineProcess> {
    const child = fork(entry, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const engine = new EngineProcess(child);
    await new Promise<void>((resolve, reject) => {
      engine.#opening = { resolve, reject };
      engine.#send({ type: 'open', options });
    });
    engine.#keepAlive();
    return engine;
  }

  get alive(): boolean {
    return this.#death === undefined && this.#child.connected;
  }

  call(method: SystemMethod, options: unknown, run: RunOptions): Promise<unknown> {
    const id = this.#nextId++;
    const abort = () => this.#send({ type: 'abort', id });
    return new Promise((resolve, reject) => {
      if (this.#death) return reject(this.#death);
      this.#pending.set(id, { run, resolve, reject });
      this.#keepAlive();
      this.#send({ type: 'call', id, method, options });
      run.signal?.addEventListener('abort', abort, { once: true });
    }).finally(() => {
      run.signal?.removeEventListener('abort', abort);
      this.#pending.delete(id);
      this.#keepAlive();
    });
  }

  /** Running calls are aborted, and have ended when this returns. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#keepAlive();
    this.#send({ type: 'close' });
    await this.#exited;
  }

  #send(message: ToEngine): void {
    // A message to a process that is just dying is lost; `close` tells what happened.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromEngine): void {
    switch (message.type) {
      case 'opened':
        return this.#opening?.resolve();
      case 'refused':
        return this.#opening?.reject(fromErrorValue(message.error));
      case 'progress':
        return this.#pending.get(message.id)?.run.monitor?.progress(message.event);
      case 'warning':
        return this.#pending.get(message.id)?.run.monitor?.warning(message.text);
      case 'result':
        return this.#pending.get(message.id)?.resolve(message.value);
      case 'error': {
        const call = this.#pending.get(message.id);
        const { signal } = call?.run ?? {};
        return call?.reject(
          message.aborted && signal?.aborted ? signal.reason : fromErrorValue(message.error),
        );
      }
    }
  }

  #die(what: string): void {
    this.#death ??= new AptOstreeError('ERR_INTERNAL', `the engine's process ${what}`, {
      hint: 'nothing has changed; the next call starts the engine anew',
      details: { signal: this.#child.signalCode, exit: this.#child.exitCode, stderr: this.#lastWords },
    });
    this.#opening?.reject(this.#death);
    for (const call of this.#pending.values()) call.reject(this.#death);
  }

  /** The event loop waits for the child only while a call is running, or while it ends. */
  #keepAlive(): void {
    const needed = this.#closing || this.#pending.size > 0;
    const handles = [
      this.#child,
      this.#child.channel,
      this.#child.stderr as unknown as { ref(): void; unref(): void },
    ];
    for (const handle of handles) needed ? handle?.ref() : handle?.unref();
  }
}
