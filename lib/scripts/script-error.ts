import { constants } from 'node:os';
import { AptOstreeError } from '../errors/error.ts';
import type { ScriptResult } from './types.ts';

/** The error of a script that failed for good: what, how, its last words, what it had changed, where the log is. */
export function scriptError(result: ScriptResult, timeoutSeconds: number): AptOstreeError {
  const timedOut = result.state === 'timed-out';
  const call = [`${result.package}.${result.script}`, ...result.args.map(quote)].join(' ');
  const how = timedOut ? `did not end within ${timeoutSeconds} seconds` : howItFailed(result);
  const last = result.tail.trimEnd().split('\n').at(-1) ?? '';
  const code = timedOut ? 'ERR_SCRIPT_TIMEOUT' : 'ERR_SCRIPT_FAILED';
  return new AptOstreeError(code, `${call} (${result.version}) ${how}${last ? `: ${last}` : ''}`, {
    hint: timedOut
      ? 'see the log for where it hangs; a script that only needs longer can be given a higher time limit'
      : `see the whole output in ${result.log}`,
    details: result,
  });
}

function howItFailed(result: ScriptResult): string {
  if (result.audit !== null) return `exited with 0 but failed (${result.audit})`;
  if (result.signal === null) return `failed with exit status ${result.exit}`;
  const name = Object.entries(constants.signals).find(([, number]) => number === result.signal)?.[0];
  return `was ended by ${name ?? `signal ${result.signal}`}`;
}

function quote(argument: string): string {
  return /^[\w.:~+/-]+$/.test(argument) ? argument : `'${argument}'`;
}
