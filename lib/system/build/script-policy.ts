import { AptOstreeError } from '../../errors/error.ts';
import { scriptName } from '../../scripts/skipped.ts';
import type { FailureDecision, FailurePolicy, ScriptResult } from '../../scripts/types.ts';
import type { HostScriptOptions, ScriptOptions } from '../requests.ts';
import type { TransactionRun } from '../types.ts';

/** What a request says about scripts that fail: first the retries, then the list, then whoever can be asked. */
export function failurePolicy(options: ScriptOptions | undefined, run: TransactionRun): FailurePolicy {
  const { retry = 0, skip = [] } = options ?? {};
  return {
    kind: 'ask',
    async decide(result) {
      if (result.attempts <= retry) return 'retry';
      if (skip.includes(scriptName(result))) return 'skip';
      return run.decideScript ? unlessAborted(run, result) : 'fail';
    },
  };
}

/** @throws ERR_USAGE for a count or name that can mean nothing */
export function checkScripts({ retry = 0, skip = [] }: ScriptOptions = {}): void {
  if (!Number.isSafeInteger(retry) || retry < 0)
    throw new AptOstreeError('ERR_USAGE', `scripts cannot be run ${retry} more times`);
  const wrong = skip.find((name) => !/^[a-z0-9][a-z0-9+.-]*\.(?:preinst|postinst|prerm|postrm)$/.test(name));
  if (wrong !== undefined)
    throw new AptOstreeError('ERR_USAGE', `${wrong} names no maintainer script`, {
      hint: 'a script is named PACKAGE.SCRIPT, for example nginx.postinst',
    });
}

/** The answer may take as long as a person thinks; an abort does not wait for it. */
async function unlessAborted(run: TransactionRun, result: ScriptResult): Promise<FailureDecision> {
  const { signal } = run;
  signal?.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal?.reason);
  });
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([run.decideScript!(result), aborted]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * The scripts that a host goes on to skip.
 * @throws ERR_USAGE for one that is to be run again, and is not among them
 */
export function changeSkips(
  before: readonly string[],
  { skip = [], unskip = [] }: HostScriptOptions = {},
): string[] {
  const wrong = unskip.find((name) => !before.includes(name));
  if (wrong !== undefined)
    throw new AptOstreeError('ERR_USAGE', `${wrong} is not among the scripts that the host skips`, {
      hint: before.length > 0 ? `it skips: ${before.join(' ')}` : 'it skips none',
    });
  return [...new Set([...before.filter((name) => !unskip.includes(name)), ...skip])].sort();
}

/** A request that is taken back takes along what it said about scripts. `requests` are apt's package arguments. */
export function withoutPackages(skips: readonly string[], requests: readonly string[]): string[] {
  const names = new Set(requests.map((request) => request.split(/[=/:]/)[0]));
  return skips.filter((skip) => !names.has(skip.slice(0, skip.lastIndexOf('.'))));
}
