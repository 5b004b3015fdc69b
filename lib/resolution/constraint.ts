import { type VersionOperator, versionSatisfies } from '../dpkg/version.ts';
import { AptOstreeError } from '../errors/error.ts';

const PATTERN =
  /^([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?\s*(?:\(\s*(<<|<=|<|>>|>=|>|=)\s*([^\s()<>=]+)\s*\))?\s*(?:\[([^\][]*)\])?\s*((?:<[^<>]*>\s*)*)$/i;
/** dpkg reads the obsolete forms like this. */
const OPERATORS: Record<string, VersionOperator> = { '<': '<=', '>': '>=' };

/** Where a relation is read: which restrictions of it hold. */
export interface BuildContext {
  architecture: string;
  /** Active build profiles. */
  profiles?: readonly string[];
}

/**
 * One alternative of a relation in the full form of Debian Policy 7.1:
 * `name[:qualifier] [(operator version)] [[architectures]] [<profiles>...]`. A value; never changes.
 */
export class DependencyConstraint {
  readonly name: string;
  /** "any", "native" or an architecture after the colon; null where there is none. */
  readonly qualifier: string | null;
  readonly operator: VersionOperator | null;
  readonly version: string | null;
  /** Architecture restriction, each name with "!" where negated; empty: none. */
  readonly architectures: readonly string[];
  /** Profile restrictions: one group must hold, and all terms of it. */
  readonly profiles: readonly (readonly string[])[];

  /** @throws ERR_DEB_CONTROL when `text` is not one alternative. */
  constructor(text: string) {
    const match = PATTERN.exec(text.trim());
    if (match === null) throw new AptOstreeError('ERR_DEB_CONTROL', `"${text}" is no relation to a package`);
    const [, name, qualifier, operator, version, architectures, profiles] = match;
    this.name = name!.toLowerCase();
    this.qualifier = qualifier ?? null;
    this.operator = operator === undefined ? null : (OPERATORS[operator] ?? (operator as VersionOperator));
    this.version = version ?? null;
    this.architectures = words(architectures ?? '');
    this.profiles = [...(profiles ?? '').matchAll(/<([^<>]*)>/g)].map(([, group]) => words(group!));
    if (mixed(this.architectures))
      throw new AptOstreeError('ERR_DEB_CONTROL', `"${text}" mixes architectures with and without "!"`);
  }

  /** Whether this version of a package of that name is enough. */
  satisfiedBy(version: string): boolean {
    return this.operator === null || versionSatisfies(version, this.operator, this.version!);
  }

  /** Whether the relation counts at all there, by its restrictions. */
  appliesTo({ architecture, profiles = [] }: BuildContext): boolean {
    return this.#fitsArchitecture(architecture) && this.#fitsProfiles(profiles);
  }

  toString(): string {
    const target = this.qualifier === null ? this.name : `${this.name}:${this.qualifier}`;
    const version = this.operator === null ? '' : ` (${this.operator} ${this.version})`;
    const architectures = this.architectures.length === 0 ? '' : ` [${this.architectures.join(' ')}]`;
    return target + version + architectures + this.profiles.map((group) => ` <${group.join(' ')}>`).join('');
  }

  #fitsArchitecture(architecture: string): boolean {
    if (this.architectures.length === 0) return true;
    const negated = this.architectures[0]!.startsWith('!');
    const named = this.architectures.some((a) => matchesArchitecture(a.replace(/^!/, ''), architecture));
    return named !== negated;
  }

  #fitsProfiles(active: readonly string[]): boolean {
    if (this.profiles.length === 0) return true;
    const holds = (term: string) =>
      term.startsWith('!') ? !active.includes(term.slice(1)) : active.includes(term);
    return this.profiles.some((group) => group.every(holds));
  }
}

/**
 * Reads a dependency field: groups of alternatives of which one is enough.
 *
 * @throws ERR_DEB_CONTROL
 */
export function parseDependencies(field: string): DependencyConstraint[][] {
  return field
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '')
    .map((group) => group.split('|').map((text) => new DependencyConstraint(text)));
}

export function formatDependencies(groups: readonly (readonly DependencyConstraint[])[]): string {
  return groups.map((group) => group.join(' | ')).join(', ');
}

/** `pattern` may be "any", or a pair of which one is: "linux-any", "any-amd64". */
function matchesArchitecture(pattern: string, architecture: string): boolean {
  if (pattern === 'any' || pattern === architecture) return true;
  const [os, cpu] = split(architecture);
  const [patternOs, patternCpu] = split(pattern);
  return (patternOs === 'any' || patternOs === os) && (patternCpu === 'any' || patternCpu === cpu);
}

function split(architecture: string): [string, string] {
  const dash = architecture.lastIndexOf('-');
  return dash < 0 ? ['linux', architecture] : [architecture.slice(0, dash), architecture.slice(dash + 1)];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function mixed(architectures: readonly string[]): boolean {
  return new Set(architectures.map((a) => a.startsWith('!'))).size > 1;
}
