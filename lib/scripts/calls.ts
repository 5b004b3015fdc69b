import { AptOstreeError } from '../errors/error.ts';

/**
 * Which maintainer script dpkg calls when, and with which arguments. Versions are full ones (`1:2.3-4`); an empty
 * string is an argument of its own, not a missing one.
 */

export type ScriptName = 'preinst' | 'postinst' | 'prerm' | 'postrm';

/** One call. `of`: the version whose script it is: the one that comes, or the one that is in the tree already. */
export interface ScriptStep {
  of: 'new' | 'old';
  script: ScriptName;
  args: string[];
  /**
   * What dpkg calls, in this order, when the call fails. The engine does not: it drops the whole transaction, and a
   * tree in which nothing has happened needs no unwinding. Written down for those who compare with a failed dpkg run.
   */
  unwind: ScriptStep[];
}

/** The package on whose behalf another one is deconfigured or removed. */
export interface Peer {
  name: string;
  version: string;
}

export type ScriptEvent =
  /** `leftover`: version whose conffiles are still there (state config-files), or null. */
  | { kind: 'install'; version: string; leftover: string | null }
  | { kind: 'upgrade'; from: string; to: string }
  /** `configured`: the version configured last, or null when none ever was. */
  | { kind: 'configure'; configured: string | null }
  /** `names`: the one activated last comes first. */
  | { kind: 'trigger'; names: string[] }
  | { kind: 'remove'; inFavourOf: Peer | null }
  | { kind: 'purge' }
  | { kind: 'deconfigure'; inFavourOf: Peer; removing: Peer | null }
  /** All of its files were taken over by another package. */
  | { kind: 'disappear'; overwriter: Peer };

/** The calls of an event, in dpkg's order; what lies between them (unpacking, removing files) is not told here. */
export function scriptCalls(event: ScriptEvent): ScriptStep[] {
  switch (event.kind) {
    case 'install':
      return [installCall(event.version, event.leftover)];
    case 'upgrade':
      return upgradeCalls(event.from, event.to);
    case 'configure':
      // A failed postinst leaves the package half-configured; nothing is unwound.
      return [step('old', 'postinst', ['configure', event.configured ?? ''])];
    case 'trigger':
      return [step('old', 'postinst', ['triggered', event.names.join(' ')])];
    case 'remove':
      return removeCalls(event.inFavourOf);
    case 'purge':
      return [step('old', 'postrm', ['purge'])];
    case 'deconfigure':
      return [deconfigureCall(event.inFavourOf, event.removing)];
    case 'disappear':
      return [step('old', 'postrm', ['disappear', event.overwriter.name, event.overwriter.version])];
  }
}

/** Arguments of the script of this name in an event. */
export function callArguments(event: ScriptEvent, script: ScriptName): string[] {
  const call = scriptCalls(event).find((one) => one.script === script);
  if (!call) throw new AptOstreeError('ERR_INTERNAL', `${event.kind} calls no ${script}`);
  return call.args;
}

function step(
  of: ScriptStep['of'],
  script: ScriptName,
  args: string[],
  unwind: ScriptStep[] = [],
): ScriptStep {
  return { of, script, args, unwind };
}

function installCall(version: string, leftover: string | null): ScriptStep {
  const versions = leftover === null ? [] : [leftover, version];
  const unwind = [step('new', 'postrm', ['abort-install', ...versions])];
  return step('new', 'preinst', ['install', ...versions], unwind);
}

function upgradeCalls(from: string, to: string): ScriptStep[] {
  const oldConfigured = step('old', 'postinst', ['abort-upgrade', to]);
  const newGone = step('new', 'postrm', ['abort-upgrade', from, to]);
  const oldBack = step('old', 'preinst', ['abort-upgrade', to]);
  const failed = (script: ScriptName, unwind: ScriptStep[]) =>
    step('new', script, ['failed-upgrade', from, to], unwind);
  return [
    step('old', 'prerm', ['upgrade', to], [failed('prerm', [oldConfigured])]),
    step('new', 'preinst', ['upgrade', from, to], [newGone, oldConfigured]),
    step('old', 'postrm', ['upgrade', to], [failed('postrm', [oldBack, newGone, oldConfigured])]),
  ];
}

function removeCalls(inFavourOf: Peer | null): ScriptStep[] {
  const favour = inFavourOf ? ['in-favour', inFavourOf.name, inFavourOf.version] : [];
  const prerm = step(
    'old',
    'prerm',
    ['remove', ...favour],
    [step('old', 'postinst', ['abort-remove', ...favour])],
  );
  return [prerm, step('old', 'postrm', ['remove'])];
}

function deconfigureCall(peer: Peer, removing: Peer | null): ScriptStep {
  const args = ['in-favour', peer.name, peer.version];
  if (removing) args.push('removing', removing.name, removing.version);
  return step(
    'old',
    'prerm',
    ['deconfigure', ...args],
    [step('old', 'postinst', ['abort-deconfigure', ...args])],
  );
}
