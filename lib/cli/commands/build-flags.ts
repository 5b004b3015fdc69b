import { writeFile } from 'node:fs/promises';
import type { ComposeTreeOptions } from '../../system/requests.ts';
import type { ComposeResult } from '../../system/results.ts';
import type { Outcome } from '../command.ts';
import { EXIT } from '../exit.ts';
import { option, text, toggle } from '../flags.ts';
import { renderActions, renderCompose } from '../render/compose.ts';
import { type ScriptFlags, scriptFlags, scriptOptions } from './script-flags.ts';

export const dryRun = toggle('Only tell what would be done');
export const unchangedExit77 = toggle('End with 77 when there is nothing to do');

/** Flags that the commands which build a commit share. */
export interface BuildFlags extends ScriptFlags {
  'dry-run'?: boolean;
  'download-only'?: boolean;
  'unchanged-exit-77'?: boolean;
  'force-nocache'?: boolean;
  'write-commitid-to'?: string;
}

export const buildFlags = {
  'dry-run': dryRun,
  'download-only': toggle('Fetch the packages and stop'),
  'unchanged-exit-77': unchangedExit77,
  'force-nocache': toggle('Build even when nothing changed, and run every script anew'),
  'write-commitid-to': option('Write the commit into this file', 'FILE'),
  ...scriptFlags,
};

export function buildOptions(
  flags: BuildFlags,
): Pick<ComposeTreeOptions, 'dryRun' | 'downloadOnly' | 'forceNocache' | 'scripts'> {
  return {
    dryRun: flags['dry-run'],
    downloadOnly: flags['download-only'],
    forceNocache: flags['force-nocache'],
    scripts: scriptOptions(flags),
  };
}

export async function buildOutcome(result: ComposeResult, flags: BuildFlags): Promise<Outcome> {
  if (flags['write-commitid-to'] && result.commit) await writeFile(flags['write-commitid-to'], result.commit);
  const planned = flags['dry-run'] ? `${renderActions(result.packages)}\n` : '';
  return { value: result, text: planned + renderCompose(result), exit: exitOf(result.unchanged, flags) };
}

/** Flags of the commands whose commit follows another one on its ref. */
export interface ParentFlags {
  parent?: string;
  'no-parent'?: boolean;
}

export const parentFlags = {
  parent: option(
    'Parent of the new commit, which gives accounts their numbers; default: what the ref holds',
    'REV',
  ),
  'no-parent': toggle('The new commit has no parent'),
};

export function parentOptions(flags: ParentFlags): Pick<ComposeTreeOptions, 'parent'> {
  return { parent: flags['no-parent'] ? null : flags.parent };
}

/** Flags of the commands that take the versions of a treefile's packages from a lockfile. */
export interface LockfileFlags {
  lockfile?: string;
  'write-lockfile'?: string;
}

export const lockfileFlags = {
  lockfile: option('Take exactly the versions of this lockfile', 'FILE'),
  'write-lockfile': option('Write the versions that were taken', 'FILE'),
};

export function lockfileOptions(
  flags: LockfileFlags,
): Pick<ComposeTreeOptions, 'lockfile' | 'writeLockfile'> {
  return { lockfile: flags.lockfile, writeLockfile: flags['write-lockfile'] };
}

/** Package arguments, as apt takes them. */
export const packageArguments = {
  brief: 'Packages: name, name=version, name/suite, ./file.deb',
  parse: text,
  placeholder: 'PKG',
};

export function exitOf(unchanged: boolean, flags: { 'unchanged-exit-77'?: boolean }): number {
  return unchanged && flags['unchanged-exit-77'] ? EXIT.unchanged : EXIT.done;
}
