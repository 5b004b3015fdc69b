import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerRun, LayerStack, Savepoint } from '../assembly/types.ts';
import { AptOstreeError } from '../errors/error.ts';
import { auditOutput } from './audit-output.ts';
import { type ScriptEnvironment, scriptArguments, scriptEnvironment } from './environment.ts';
import type { MaskFolders } from './masks/masks.ts';
import { scriptError } from './script-error.ts';
import type { FailureDecision, FailurePolicy, ScriptCall, ScriptResult, ScriptState } from './types.ts';

export interface ScriptManagerOptions extends ScriptEnvironment {
  /** Folder for the logs, one file a run; must exist. */
  logs: string;
  masks: MaskFolders;
  policy?: FailurePolicy;
  /** Seconds; default 1,800. */
  timeoutSeconds?: number;
  /** Bytes of a log; default 16 MiB. */
  outputLimit?: number;
  onResult?: (result: ScriptResult) => void;
}

/** A call, the stack it runs on, and whether it may have to be undone when it has succeeded. */
export interface ScriptRequest extends ScriptCall {
  stack: LayerStack;
  /** Keeps a savepoint, so that `undo` works until the next script or `settle`. */
  undoable?: boolean;
  signal?: AbortSignal | undefined;
}

/** Runs maintainer scripts on a stack, each from a savepoint, and keeps what is known of every one. */
export class ScriptExecutionManager {
  readonly #options: ScriptManagerOptions;
  readonly #results: ScriptResult[] = [];
  #last: { result: ScriptResult; stack: LayerStack; savepoint: Savepoint } | null = null;
  #runs = 0;

  constructor(options: ScriptManagerOptions) {
    this.#options = options;
  }

  /** Every script so far, in order. */
  get results(): readonly ScriptResult[] {
    return this.#results;
  }

  /**
   * Runs a script; when it settles, the stack holds its changes, or is as before. The database must be in the stack.
   *
   * @throws ERR_SCRIPT_FAILED, ERR_SCRIPT_TIMEOUT with the `ScriptResult` in `details`, when policy forgives nothing.
   * @throws ERR_SANDBOX when it could not be run.
   */
  async executeScript(request: ScriptRequest): Promise<ScriptResult> {
    this.settle();
    const { stack } = request;
    for (let attempt = 1; ; attempt++) {
      const savepoint = await stack.savepoint();
      const result = await this.#attempt(request, attempt).catch(async (error) => {
        await stack.pop(savepoint);
        throw error;
      });
      if (result.state === 'succeeded') {
        if (request.undoable) this.#last = { result, stack, savepoint };
        else stack.release(savepoint);
        return this.#keep(result);
      }
      await stack.pop(savepoint);
      const decision = await this.#decide(result);
      if (decision === 'retry') continue;
      if (decision === 'skip') return this.#keep({ ...result, state: 'skipped' });
      throw scriptError(this.#keep(result), this.#timeout);
    }
  }

  /** Takes back what the last script did, which was run with `undoable`. The record says so. */
  async undo(result: ScriptResult): Promise<ScriptResult> {
    const last = this.#last;
    if (last?.result !== result)
      throw new AptOstreeError(
        'ERR_INTERNAL',
        `${result.package}.${result.script} is not the last undoable script`,
      );
    this.#last = null;
    await last.stack.pop(last.savepoint);
    const undone: ScriptResult = { ...result, state: 'undone' };
    this.#results[this.#results.lastIndexOf(result)] = undone;
    return undone;
  }

  /** Ends the savepoint of the last undoable script; for callers that are about to end savepoints of their own. */
  settle(): void {
    this.#last?.stack.release(this.#last.savepoint);
    this.#last = null;
  }

  get #timeout(): number {
    return this.#options.timeoutSeconds ?? 1800;
  }

  async #attempt(request: ScriptRequest, attempt: number): Promise<ScriptResult> {
    const { stack, package: name, version, architecture, script, args } = request;
    const number = String(++this.#runs).padStart(4, '0');
    const log = join(this.#options.logs, `${number}-${name}.${architecture}.${script}.log`);
    const run = await stack.run({
      origin: { kind: 'script', package: name, version, architecture, script, args },
      argv: scriptArguments(request),
      env: scriptEnvironment(request, this.#options),
      timeoutSeconds: this.#timeout,
      outputLimit: this.#options.outputLimit ?? 16 * 1024 * 1024,
      log,
      masks: await this.#options.masks.select(async (path) => (await stack.tree.lookup(path)) !== null),
      signal: request.signal,
    });
    return resultOf(request, { run, attempt, log, audit: await auditOf(run, log) });
  }

  async #decide(result: ScriptResult): Promise<FailureDecision> {
    const policy = this.#options.policy ?? { kind: 'fail' };
    switch (policy.kind) {
      case 'fail':
        return 'fail';
      case 'retry':
        return result.attempts <= policy.times ? 'retry' : 'fail';
      case 'skip':
        return policy.scripts.includes(`${result.package}.${result.script}`) ? 'skip' : 'fail';
      case 'ask':
        return policy.decide(result);
    }
  }

  #keep(result: ScriptResult): ScriptResult {
    this.#results.push(result);
    this.#options.onResult?.(result);
    return result;
  }
}

async function auditOf({ outcome }: LayerRun, log: string): Promise<string | null> {
  return outcome.exit === 0 ? auditOutput(await readFile(log, 'utf8')) : null;
}

function resultOf(
  call: ScriptCall,
  { run, attempt, log, audit }: { run: LayerRun; attempt: number; log: string; audit: string | null },
): ScriptResult {
  const { outcome, changes } = run;
  const ok = outcome.exit === 0 && audit === null;
  const state: ScriptState = outcome.timedOut ? 'timed-out' : ok ? 'succeeded' : 'failed';
  const { package: name, version, architecture, script, args } = call;
  return {
    package: name,
    version,
    architecture,
    script,
    args: [...args],
    state,
    exit: outcome.exit,
    signal: outcome.signal,
    seconds: outcome.seconds,
    attempts: attempt,
    cached: false,
    changes,
    log,
    tail: outcome.tail,
    outputTruncated: outcome.outputTruncated,
    audit,
  };
}
