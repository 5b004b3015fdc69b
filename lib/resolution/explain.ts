import { AptOstreeError } from '../errors/error.ts';
import type { FetchFailure, UnknownArgument, UnmetAlternative, UnmetRelation } from '../native/apt.ts';
import type { ResolveRequest } from './plan.ts';

/** One link of the chain in the details of ERR_APT_UNRESOLVABLE. */
export interface UnresolvableReason {
  package: string;
  version: string;
  /** "Depends: libfoo (>= 2)". */
  relation: string;
  /** What stands in its way, in words. */
  reason: string;
}

/** ERR_APT_UNKNOWN_PACKAGE, or ERR_LOCKFILE where a locked version is gone. */
export function unknownError(unknown: UnknownArgument[], request: ResolveRequest): AptOstreeError {
  const messages = unknown.map(describeUnknown);
  const code = request.locked === null ? 'ERR_APT_UNKNOWN_PACKAGE' : 'ERR_LOCKFILE';
  const hint = unknown.map(hintFor).find((text) => text !== undefined);
  return new AptOstreeError(code, messages.join('; '), { hint, details: unknown });
}

function describeUnknown({ text, name, reason }: UnknownArgument): string {
  switch (reason) {
    case 'name':
      return `no source has a package ${name}`;
    case 'architecture':
      return `no source has ${text}: ${name} exists, but not for this architecture`;
    case 'version':
      return `no source has ${text}: ${name} exists, but not in this version`;
    case 'suite':
      return `no source has ${text}: ${name} exists, but not in this suite`;
    case 'virtual':
      return `${name} is a virtual package`;
    case 'file':
      return `${text} is no package that this architecture can take`;
    case 'not-installed':
      return `${name} is not installed, so it cannot be removed`;
    case 'no-candidate':
      return `${name} exists, but the pins or exclusions let no version of it be installed`;
  }
}

function hintFor({ reason, near }: UnknownArgument): string | undefined {
  if (near.length === 0) return undefined;
  switch (reason) {
    case 'name':
      return `did you mean ${near.join(' or ')}?`;
    case 'architecture':
      return `architectures that exist: ${near.join(', ')}`;
    case 'virtual':
      return `name one of the packages that provide it: ${near.join(', ')}`;
    default:
      return `versions that exist: ${near.join(', ')}`;
  }
}

/** ERR_APT_UNRESOLVABLE: the first link in the message, the whole chain in the details. */
export function unresolvableError(problems: UnmetRelation[], request: ResolveRequest): AptOstreeError {
  const chain = problems.map((problem) => describeProblem(problem, request));
  const [first] = rootsFirst(chain, problems);
  const message = first
    ? `${first.package} ${first.version} cannot be installed: ${first.relation}: ${first.reason}`
    : 'the request cannot be satisfied, and libapt-pkg gives no reason';
  const more = chain.length > 1 ? 'the details hold the chain of reasons, package by package' : undefined;
  return new AptOstreeError('ERR_APT_UNRESOLVABLE', message, { hint: more, details: chain });
}

/** A relation that nothing can meet says more than one whose target is merely not chosen. */
function rootsFirst(chain: UnresolvableReason[], problems: UnmetRelation[]): UnresolvableReason[] {
  const final = (problem: UnmetRelation) =>
    problem.alternatives.every(({ reason }) => reason !== 'not-chosen');
  return [...chain.filter((_, n) => final(problems[n]!)), ...chain];
}

function describeProblem(problem: UnmetRelation, request: ResolveRequest): UnresolvableReason {
  const { package: name, version, kind, relation, alternatives } = problem;
  const reason = alternatives.map((alternative) => describeAlternative(alternative, request)).join('; ');
  return { package: name, version, relation: `${kind}: ${relation}`, reason };
}

function describeAlternative(alternative: UnmetAlternative, { exclude, locked }: ResolveRequest): string {
  const { name, planned, candidate, providers, reason } = alternative;
  if (reason === 'planned') return `${name} ${planned} would be installed`;
  if (exclude.includes(name.replace(/:.*/, ''))) return `${name} is excluded`;
  switch (reason) {
    case 'missing':
      return `no source has ${name}`;
    case 'virtual':
      return `${name} is virtual, and ${providers.length > 0 ? `of ${providers.join(', ')} none fits` : 'nothing provides it'}`;
    case 'not-chosen':
      return `${name} ${candidate} cannot be installed with the rest`;
    case 'version':
      if (planned !== '') return `${name} would be ${planned}`;
      if (candidate !== '') return `${name} can only be ${candidate}`;
      return locked === null
        ? `the pins let no version of ${name} be installed`
        : `the lock does not hold ${name}`;
  }
}

/** ERR_APT_UNTRUSTED when a signature is at fault, otherwise ERR_APT_FETCH. */
export function refreshError(failures: FetchFailure[], warnings: string[]): AptOstreeError {
  const bad = failures.find(({ kind }) => kind === 'untrusted');
  if (bad === undefined) return fetchError(failures);
  const text = bad.text || warnings[0] || 'the source is not signed';
  return new AptOstreeError('ERR_APT_UNTRUSTED', `${bad.uri}: ${firstLine(text)}`, {
    hint: 'name the key of the source with signed-by, or its own trusted: true if it is yours',
    details: { failures, diagnostics: warnings },
  });
}

/** ERR_APT_FETCH or ERR_APT_UNTRUSTED, naming the first address and how many others failed. */
export function fetchError(failures: FetchFailure[]): AptOstreeError {
  const [first] = failures;
  const others = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  const message = `${first!.uri}: ${firstLine(first!.text) || 'could not be fetched'}${others}`;
  const code = first!.kind === 'untrusted' ? 'ERR_APT_UNTRUSTED' : 'ERR_APT_FETCH';
  const hint = 'check the address of the source and the network; nothing has changed';
  return new AptOstreeError(code, message, { hint, details: { failures } });
}

/** libapt-pkg adds hashes and dates in further lines; they stay in the details. */
function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.trim();
}
