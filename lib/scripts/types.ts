import type { PathChange } from '../assembly/types.ts';
import type { ScriptName } from './calls.ts';

/** One call of a maintainer script. */
export interface ScriptCall {
  package: string;
  version: string;
  /** As its control file says: `all` for packages of every architecture. */
  architecture: string;
  script: ScriptName;
  args: string[];
  /** Where it lies in the tree; debconf tells the package from it. */
  path: string;
  /** Installed instances (architectures) of the package's name. */
  refcount: number;
}

/**
 * - `succeeded`: it ran and its changes are in the stack.
 * - `failed`, `timed-out`: what it did is undone.
 * - `skipped`: it failed, what it did is undone, and policy goes on as if it had succeeded.
 * - `undone`: it had succeeded and was undone later.
 */
export type ScriptState = 'succeeded' | 'failed' | 'timed-out' | 'skipped' | 'undone';

/** What is known of a script that ran. Plain JSON. */
export interface ScriptResult {
  package: string;
  version: string;
  architecture: string;
  script: ScriptName;
  args: string[];
  state: ScriptState;
  /** Exit status; null when a signal ended it. */
  exit: number | null;
  signal: number | null;
  seconds: number;
  /** How many times it was run; more than one only with the policy `retry`. */
  attempts: number;
  /** True when the result came from a cache of layers and nothing ran. */
  cached: boolean;
  /** What it changed. Those of a script that failed are listed too, though they are undone. */
  changes: PathChange[];
  /** File with all of its output (up to the limit). */
  log: string;
  /** The last lines of it. */
  tail: string;
  outputTruncated: boolean;
  /** Why a script that exited with 0 counts as failed, or null. */
  audit: string | null;
}

/** What to do about a script that failed: end the transaction, run it again, or go on without it. */
export type FailureDecision = 'fail' | 'retry' | 'skip';

/**
 * - `fail` (the default): the transaction ends.
 * - `retry`: up to `times` further runs, each on the tree as it was before the first.
 * - `skip`: failures of exactly these `package.script` are undone and recorded; others end the transaction.
 * - `ask`: the caller decides, each time.
 */
export type FailurePolicy =
  | { kind: 'fail' }
  | { kind: 'retry'; times: number }
  | { kind: 'skip'; scripts: readonly string[] }
  | { kind: 'ask'; decide(result: ScriptResult): FailureDecision | Promise<FailureDecision> };
