import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerRun, LayerStack, Savepoint } from '../assembly/types.ts';
import { AptOstreeError } from '../errors/error.ts';
import { auditOutput } from './audit-output.ts';
import { type ScriptEnvironment, scriptArguments, scriptEnvironment } from './environment.ts';
import type { MaskFolders } from './masks/masks.ts';
import { scriptError } from './script-error.ts';
import { scriptName } from './skipped.ts';
import type { FailureDecision, FailurePolicy, ScriptCall, ScriptResult, ScriptState } from './types.ts';

export interface ScriptRunnerOptions extends ScriptEnvironment {
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
  /** Keeps a savepoint, so that `undo` works until `settle`. */
  undoable?: boolean;
  /** Folders laid over the tree for this run, above the masks. */
  overlays?: string[];
  /** Instead of those of the runner. */
  policy?: FailurePolicy | undefined;
  timeoutSeconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Runs maintainer scripts on a stack, each from a savepoint, and keeps what is known of every one. */
export class ScriptRunner {
  readonly #options: ScriptRunnerOptions;
  readonly #results: ScriptResult[] = [];
  /** What can be undone, the latest last; savepoints nest. */
  readonly #undoable: { result: ScriptResult; stack: LayerStack; savepoint: Savepoint }[] = [];
  #runs = 0;

  constructor(options: ScriptRunnerOptions) {
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
    const { stack } = request;
    for (let attempt = 1; ; attempt++) {
      const savepoint = await stack.savepoint();
      const result = await this.#attempt(request, attempt).catch(async (error) => {
        await stack.pop(savepoint);
        throw error;
      });
      if (result.state === 'succeeded') {
        if (request.undoable) this.#undoable.push({ result, stack, savepoint });
        else stack.release(savepoint);
        return this.#keep(result);
      }
      await stack.pop(savepoint);
      const decision = await decide(request.policy ?? this.#options.policy, result);
      if (decision === 'retry') continue;
      if (decision === 'skip') return this.#keep({ ...result, state: 'skipped' });
      throw scriptError(this.#keep(result), this.#timeoutOf(request));
    }
  }

  /**
   * Takes back what a script did that was run with `undoable`. The record says so.
   * @throws ERR_SCRIPT_UNDO when another one stands upon it, or it cannot be undone (any more)
   */
  async undo(result: ScriptResult): Promise<ScriptResult> {
    const last = this.#undoable.at(-1);
    if (last?.result !== result) throw this.#undoError(result);
    this.#undoable.pop();
    await last.stack.pop(last.savepoint);
    const undone: ScriptResult = { ...result, state: 'undone' };
    this.#results[this.#results.lastIndexOf(result)] = undone;
    return undone;
  }

  /** Ends the savepoints of all that can be undone; for callers that are about to end savepoints of their own. */
  settle(): void {
    for (let last = this.#undoable.pop(); last; last = this.#undoable.pop())
      last.stack.release(last.savepoint);
  }

  #undoError(result: ScriptResult): AptOstreeError {
    const at = this.#undoable.findIndex((each) => each.result === result);
    const name = scriptName(result);
    if (at === -1) return new AptOstreeError('ERR_SCRIPT_UNDO', `${name} cannot be undone (any more)`);
    const later = this.#undoable.slice(at + 1).map((each) => scriptName(each.result));
    return new AptOstreeError(
      'ERR_SCRIPT_UNDO',
      `${name} cannot be undone alone: ${later.join(', ')} ran after it`,
      {
        hint: 'undo the later ones first',
        details: { later },
      },
    );
  }

  #timeoutOf(request: ScriptRequest): number {
    return request.timeoutSeconds ?? this.#options.timeoutSeconds ?? 1800;
  }

  async #attempt(request: ScriptRequest, attempt: number): Promise<ScriptResult> {
    const { stack, package: name, version, architecture, script, args } = request;
    const number = String(++this.#runs).padStart(4, '0');
    const log = join(this.#options.logs, `${number}-${name}.${architecture}.${script}.log`);
    const masks = await this.#options.masks.select(async (path) => (await stack.tree.lookup(path)) !== null);
    const run = await stack.run({
      origin: { kind: 'script', package: name, version, architecture, script, args },
      argv: scriptArguments(request),
      env: scriptEnvironment(request, this.#options),
      timeoutSeconds: this.#timeoutOf(request),
      outputLimit: this.#options.outputLimit ?? 16 * 1024 * 1024,
      log,
      masks: [...(request.overlays ?? []), ...masks],
      signal: request.signal,
    });
    return resultOf(request, { run, attempt, log, audit: await auditOf(run, log) });
  }

  #keep(result: ScriptResult): ScriptResult {
    this.#results.push(result);
    this.#options.onResult?.(result);
    return result;
  }
}

async function decide(
  policy: FailurePolicy = { kind: 'fail' },
  result: ScriptResult,
): Promise<FailureDecision> {
  switch (policy.kind) {
    case 'fail':
      return 'fail';
    case 'retry':
      return result.attempts <= policy.times ? 'retry' : 'fail';
    case 'skip':
      return policy.scripts.includes(scriptName(result)) ? 'skip' : 'fail';
    case 'ask':
      return policy.decide(result);
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
