import type { ConffilePolicy } from '../../lib/dpkg/conffile-decision.ts';
import type { PathPattern } from '../../lib/dpkg/path-filter.ts';
import type { Step } from './dpkg-trace.ts';

/** A call of dpkg for packages, in the engine's terms. */
export interface PackageCall {
  kind: 'install' | 'unpack' | 'configure' | 'triggers' | 'remove' | 'purge';
  /** Packages, or archives. */
  names: string[];
  /** All that there is to configure or to process, instead of names. */
  pending: boolean;
  triggers: boolean;
  forceDepends: boolean;
  conffiles: ConffilePolicy;
  filter: PathPattern[];
}

/** A tool that works on the database by itself, as it does when a script calls it. */
export interface ToolCall {
  kind: 'tool';
  argv: string[];
  input: string | null;
}

/** A question to the database: the answer of dpkg is what is compared. */
export interface QueryCall {
  kind: 'query';
}

export interface OutsideCall {
  kind: 'outside';
  /** What the engine has no counterpart for. */
  reason: string;
}

export type Call = PackageCall | ToolCall | QueryCall | OutsideCall;

const KINDS: Record<string, PackageCall['kind']> = {
  '-i': 'install',
  '--install': 'install',
  '--unpack': 'unpack',
  '--configure': 'configure',
  '--triggers-only': 'triggers',
  '-r': 'remove',
  '--remove': 'remove',
  '-P': 'purge',
  '--purge': 'purge',
};

/**
 * Options that all tests give, that change nothing in what is compared, or that allow what the engine does not ask:
 * libapt-pkg answers for architectures and for what must not be removed.
 */
const NEUTRAL =
  /^--(admindir=.*|instdir=.*|log=.*|no-debsig|triggers|auto-deconfigure|recursive|force-(script-chrootless|not-root|unsafe-io|architecture|remove-essential|remove-protected|confold))$|^-(D\d*|B|R)$/;

/** Actions of dpkg that change its database and no package. */
const DATABASE_ACTIONS =
  /^--(add-architecture|remove-architecture|print-foreign-architectures|(set|get)-selections)$/;

/** Options that say where the root is; a tool that runs within it needs none of them. */
const PLACES = /^--(admindir|instdir|log|no-debsig|force-(script-chrootless|not-root|unsafe-io))(=|$)/;

/** What a call asks for. */
export function callOf(step: Step): Call {
  const { tool, args } = step;
  if (tool === 'dpkg-query') return { kind: 'query' };
  if (tool === 'dpkg-divert' || args.some((arg) => DATABASE_ACTIONS.test(arg))) {
    const argv = [`/usr/bin/${tool}`, ...args.filter((arg) => !PLACES.test(arg))];
    return { kind: 'tool', argv, input: step.input };
  }
  return packageCall(args);
}

function packageCall(args: string[]): Call {
  const call: PackageCall = {
    kind: 'install',
    names: [],
    pending: false,
    triggers: true,
    forceDepends: false,
    conffiles: {},
    filter: [],
  };
  let found = false;
  for (const [index, arg] of args.entries()) {
    const value = args[index + 1] ?? '';
    const kind = KINDS[arg];
    if (kind) {
      call.kind = kind;
      found = true;
    } else if (arg === '-a' || arg === '--pending') call.pending = true;
    else if (arg === '--no-triggers') call.triggers = false;
    else if (arg === '--force-depends' || arg === '--force-all') call.forceDepends = true;
    else if (arg === '--force-confnew') call.conffiles.conflict = 'package';
    else if (arg === '--force-confmiss') call.conffiles.restoreMissing = true;
    else if (arg === '--path-exclude' || arg === '--path-include')
      call.filter.push({ pattern: value, include: arg === '--path-include' });
    else if (!arg.startsWith('-')) {
      if (!/^--path-(?:ex|in)clude$/.test(args[index - 1] ?? '')) call.names.push(arg);
    } else if (!NEUTRAL.test(arg)) return { kind: 'outside', reason: arg };
  }
  if (call.pending && (call.kind === 'remove' || call.kind === 'purge'))
    return { kind: 'outside', reason: 'removes what is selected for removal' };
  return found ? call : { kind: 'outside', reason: args.join(' ') };
}
