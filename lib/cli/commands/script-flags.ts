import type { HostScriptOptions, ScriptOptions } from '../../system/requests.ts';
import { options } from '../flags.ts';

/** Flags of commands that run maintainer scripts and keep the result. */
export interface ScriptFlags {
  'retry-scripts'?: number;
  'skip-script'?: readonly string[];
}

export const scriptFlags = {
  'retry-scripts': {
    kind: 'parsed',
    parse: times,
    brief: 'Run a script that fails this many more times, each on the tree as it was',
    placeholder: 'N',
    optional: true,
  },
  'skip-script': options(
    'When this script fails, undo it and go on; recorded, may be given several times',
    'PACKAGE.SCRIPT',
  ),
} as const;

function times(value: string): number {
  if (/^\d{1,3}$/.test(value)) return Number(value);
  throw new SyntaxError('a small number is needed');
}

export function scriptOptions(flags: ScriptFlags): ScriptOptions {
  return { retry: flags['retry-scripts'], skip: flags['skip-script'] && [...flags['skip-script']] };
}

/** Flags of commands that change a host, which remembers the scripts that it skips. */
export interface HostScriptFlags extends ScriptFlags {
  'unskip-script'?: readonly string[];
}

export const hostScriptFlags = {
  ...scriptFlags,
  'skip-script': options(
    'When this script fails, undo it and go on, now and in later changes; may be given several times',
    'PACKAGE.SCRIPT',
  ),
  'unskip-script': options('Let this script be needed again; may be given several times', 'PACKAGE.SCRIPT'),
} as const;

export function hostScriptOptions(flags: HostScriptFlags): HostScriptOptions {
  return { ...scriptOptions(flags), unskip: flags['unskip-script'] && [...flags['unskip-script']] };
}
