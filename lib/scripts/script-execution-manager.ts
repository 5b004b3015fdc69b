import { AptOstreeError } from '../errors/error.ts';
import type { ScriptName } from './calls.ts';
import type { FailurePolicy, ScriptResult } from './types.ts';

/** A maintainer script to run. */
export interface ScriptExecution {
  /** A package of the tree: `name`, or `name:architecture`. With `text` it need not be there. */
  package: string;
  script: ScriptName;
  /** Default: as dpkg calls it to configure, upgrade (`preinst`) or remove the version that is there. */
  args?: string[] | undefined;
  /** Runs in place of the package's own script. It begins with `#!`, and its program must be in the tree. */
  text?: string | undefined;
  /** What happens when it fails. Default: the policy that the manager was opened with. */
  policy?: FailurePolicy | undefined;
  /** Seconds after which it is killed. Default: the manager's. */
  timeoutSeconds?: number | undefined;
}

/** Where the scripts really run: in this process, or in that of the engine. */
export interface ScriptBackend {
  /** The commit, or the folder, that the tree began as. */
  readonly base: string;
  execute(request: ScriptExecution, signal?: AbortSignal): Promise<{ number: number; result: ScriptResult }>;
  undo(number: number): Promise<ScriptResult>;
  keep(): Promise<void>;
  readFile(path: string): Promise<Uint8Array | null>;
  scriptsOf(packageName: string): Promise<ScriptName[]>;
  close(): Promise<void>;
}

/**
 * A working tree on which maintainer scripts run one at a time, each from a savepoint: what it changed is told, and
 * can be undone. `AptOstreeSystem.openScripts` opens one; the base is never changed, and nothing is committed.
 *
 * A script runs in the sandbox (docs/sandbox.md), in a process of its own, with dpkg's arguments and environment; no
 * call blocks this thread. Calls are carried out in the order in which they are made. Use `await using`, or `close`:
 * nothing stays mounted, and the work folder is removed. Of a process that is killed, nothing stays mounted or running
 * either, and the next transaction on the repository removes the folder.
 *
 * ```js
 * await using scripts = await system.openScripts({ base: 'debian/server' });
 * const result = await scripts.execute({ package: 'nginx-common', script: 'postinst' });
 * const grown = result.changes.filter(({ size, sizeBefore }) => size > (sizeBefore ?? 0));
 * await scripts.undo(result);
 * ```
 */
export class ScriptExecutionManager implements AsyncDisposable {
  readonly #backend: ScriptBackend;
  readonly #policy: FailurePolicy | undefined;
  readonly #results: ScriptResult[] = [];
  /** Numbers that the backend knows the results by. */
  readonly #numbers = new Map<ScriptResult, number>();
  #closing: Promise<void> | null = null;

  /** @internal `AptOstreeSystem.openScripts` calls it. */
  constructor(backend: ScriptBackend, policy?: FailurePolicy) {
    this.#backend = backend;
    this.#policy = policy;
  }

  /** Checksum of the commit, or the folder, that the tree began as. */
  get base(): string {
    return this.#backend.base;
  }

  /** Every script so far in order, also those that failed and those that were undone. */
  get results(): readonly ScriptResult[] {
    return this.#results;
  }

  /** The scripts that a package of the tree has. @throws ERR_USAGE when it is not in the tree, ERR_CLOSED */
  async scriptsOf(packageName: string): Promise<ScriptName[]> {
    this.#requireOpen();
    return this.#backend.scriptsOf(packageName);
  }

  /**
   * Content of a regular file of the tree as it is now; null where there is none. Links of the folders above are
   * followed within the tree, a link at the path itself is not.
   */
  async readFile(path: string): Promise<Uint8Array | null> {
    this.#requireOpen();
    return this.#backend.readFile(path);
  }

  /**
   * Runs one script. When it settles, the tree holds its changes (`state` is `succeeded`), or is as it was before.
   *
   * An abort of `signal` kills the script with all of its processes, and rejects with the signal's own reason.
   *
   * @returns what is known of the run: `changes` (path, kind, bytes before and after), `exit`, `seconds`, and `log`,
   *   a file that lasts as long as the manager
   * @throws ERR_SCRIPT_FAILED, ERR_SCRIPT_TIMEOUT when policy forgives nothing, with the `ScriptResult` in `details`
   * @throws ERR_USAGE for a package or script that is not in the tree; ERR_SANDBOX when it could not be run
   * @throws ERR_CLOSED after `close`
   */
  async execute(
    request: ScriptExecution,
    run: { signal?: AbortSignal | undefined } = {},
  ): Promise<ScriptResult> {
    this.#requireOpen();
    run.signal?.throwIfAborted();
    const policy = request.policy ?? this.#policy;
    try {
      const { number, result } = await this.#backend.execute({ ...request, policy }, run.signal);
      this.#results.push(result);
      if (result.state === 'succeeded') this.#numbers.set(result, number);
      return result;
    } catch (error) {
      if (AptOstreeError.is(error) && /^ERR_SCRIPT_(?:FAILED|TIMEOUT)$/.test(error.code))
        this.#results.push(error.details as ScriptResult);
      throw error;
    }
  }

  /**
   * Takes back what one script did. The tree is then as it was before it.
   *
   * @param result what `execute` gave, the very object
   * @throws ERR_SCRIPT_UNDO, naming them in `details.later`, when scripts that ran later stand upon it (see
   *   `undoFrom`), and for one that changed nothing to undo: it failed, was undone before, or `keep` was called
   */
  async undo(result: ScriptResult): Promise<ScriptResult> {
    this.#requireOpen();
    const number = this.#numbers.get(result);
    if (number === undefined)
      throw new AptOstreeError('ERR_SCRIPT_UNDO', 'this is no result of a script that can be undone', {
        hint: 'give the object that `execute` returned',
      });
    const undone = await this.#backend.undo(number);
    this.#numbers.delete(result);
    this.#results[this.#results.indexOf(result)] = undone;
    return undone;
  }

  /** Takes back a script and all that ran after it, the latest first. @returns them in that order */
  async undoFrom(result: ScriptResult): Promise<ScriptResult[]> {
    const at = this.#numbers.has(result) ? this.#results.indexOf(result) : -1;
    if (at === -1) return [await this.undo(result)];
    const later = this.#results.slice(at).filter((each) => this.#numbers.has(each));
    const undone: ScriptResult[] = [];
    for (const each of later.reverse()) undone.push(await this.undo(each));
    return undone;
  }

  /** Accepts all changes so far: they cannot be undone any more, and cost less. Worth it every hundred scripts. */
  async keep(): Promise<void> {
    this.#requireOpen();
    await this.#backend.keep();
    this.#numbers.clear();
  }

  /** Aborts what is running, and removes the tree. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing ??= this.#backend.close();
    await this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireOpen(): void {
    if (this.#closing) throw new AptOstreeError('ERR_CLOSED', 'the scripts were closed before');
  }
}
