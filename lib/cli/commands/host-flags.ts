import type { HostOptions } from '../../system/requests.ts';
import type { HostResult } from '../../system/results.ts';
import type { Outcome } from '../command.ts';
import { type GlobalFlags, toggle } from '../flags.ts';
import { renderActions, renderHost } from '../render/compose.ts';
import { dryRun, exitOf, unchangedExit77 } from './build-flags.ts';

/** Flags of every command that changes a host. */
export interface HostFlags {
  yes?: boolean;
  reboot?: boolean;
  'lock-finalization'?: boolean;
  'unchanged-exit-77'?: boolean;
  'dry-run'?: boolean;
}

export const hostFlags = {
  yes: toggle('Do not ask before a booted host is changed'),
  reboot: toggle('Reboot into the new deployment'),
  'lock-finalization': toggle('Stage the deployment, but let it wait before it takes effect'),
  'unchanged-exit-77': unchangedExit77,
  'dry-run': dryRun,
};

export const hostAliases = { y: 'yes' } as const;

export function hostOptions(flags: HostFlags): HostOptions {
  return { dryRun: flags['dry-run'], reboot: flags.reboot, lockFinalization: flags['lock-finalization'] };
}

/** Only the running host is worth a question: another sysroot is nobody's system yet. */
export function askFor(what: string, flags: HostFlags & GlobalFlags): string | null {
  const harmless = flags.yes || flags['dry-run'] || flags.json;
  return harmless || (flags.sysroot ?? '/') !== '/' ? null : `${what} on this host?`;
}

export function hostOutcome(result: HostResult, flags: HostFlags): Outcome {
  const planned = flags['dry-run'] && result.packages.length > 0 ? `${renderActions(result.packages)}\n` : '';
  return { value: result, text: planned + renderHost(result), exit: exitOf(result.unchanged, flags) };
}
