import type { FlagParametersForType } from '@stricli/core';
import { PROGRESS_STYLES, type ProgressStyle } from '../monitor/choose.ts';
import type { SystemOptions } from '../system/requests.ts';
import type { CliContext } from './context.ts';

/** Flags that every command takes. */
export interface GlobalFlags {
  json?: boolean;
  progress?: ProgressStyle;
  quiet?: boolean;
  verbose?: boolean;
  sysroot?: string;
  os?: string;
  repo?: string;
  cachedir?: string;
  wait?: number;
}

export const text = (value: string): string => value;

/** A flag that is there or not. */
export function toggle(brief: string) {
  return { kind: 'boolean', brief, optional: true, withNegated: false } as const;
}

/** A flag with a text. */
export function option(brief: string, placeholder: string) {
  return { kind: 'parsed', parse: text, brief, placeholder, optional: true } as const;
}

/** A flag with a text that may be given several times. */
export function options(brief: string, placeholder: string) {
  return { kind: 'parsed', parse: text, brief, placeholder, optional: true, variadic: true } as const;
}

function seconds(value: string): number {
  if (value === 'forever') return Number.POSITIVE_INFINITY;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new SyntaxError('a number of seconds is needed');
}

export const globalFlags: FlagParametersForType<GlobalFlags, CliContext> = {
  json: toggle('Print one JSON document on stdout'),
  progress: {
    kind: 'enum',
    values: PROGRESS_STYLES,
    brief: 'How progress is shown on stderr; auto is a bar on a terminal and lines elsewhere',
    optional: true,
  },
  quiet: toggle('Show no progress'),
  verbose: toggle('Tell more, above all about errors'),
  sysroot: option('Root of the host to work on; default /', 'DIR'),
  os: option('Name of the OS in the sysroot', 'NAME'),
  repo: option("The repository; default: the sysroot's", 'DIR'),
  cachedir: option("Where apt's lists and packages are kept", 'DIR'),
  wait: {
    kind: 'parsed',
    parse: seconds,
    brief: 'Wait (=SECONDS, or without end) for a lock that is held',
    placeholder: 'SECONDS',
    optional: true,
  },
};

export function systemOptions(flags: GlobalFlags): SystemOptions {
  return {
    sysroot: flags.sysroot,
    os: flags.os,
    repo: flags.repo,
    cacheDir: flags.cachedir,
    wait: flags.wait,
  };
}
