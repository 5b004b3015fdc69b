import type { DpkgDatabase } from './database.ts';
import type { DependencyIndex } from './dependency-index.ts';
import { blankRecord, recordKey } from './record.ts';
import { type Relation, type RelationGroup, serializeRelations } from './relation.ts';
import { architectureMatches, provisionMatches, versionMatches } from './satisfaction.ts';
import type { PackageRecord, PackageState } from './types.ts';

/** What decides whether a package's dependencies count as met at a moment of a run. */
export interface DependencyContext {
  db: DpkgDatabase;
  index: DependencyIndex;
  /** Keys of the packages that this run configures, so that waiting for them makes sense. */
  queued: ReadonlySet<string>;
  /** Alternatives that count as met because a cycle was cut there. */
  cut: ReadonlySet<Relation>;
  /** With `defer`, what is missing may be overlooked later; with `now`, it is. */
  force: 'never' | 'defer' | 'now';
}

export interface DependencyAnswer {
  verdict: 'met' | 'defer' | 'unmet';
  /** Why not, in dpkg's words; each line ends with a line break. */
  reasons: string;
  /** Package whose triggers would have to be processed for all that is missing; null where that is not enough. */
  awaited: string | null;
}

const RANK = { none: 0, defer: 1, forced: 2, met: 3 } as const;
type Found = keyof typeof RANK;

/** dpkg's words for a state within a sentence. */
const STATE_WORDS: Readonly<Record<PackageState, string>> = {
  'not-installed': 'not installed',
  'config-files': 'not installed but configs remain',
  'half-installed': 'broken due to failed removal or installation',
  unpacked: 'unpacked but not configured',
  'half-configured': 'broken due to postinst failure',
  'triggers-awaited': 'awaiting trigger processing by another package',
  'triggers-pending': 'triggered',
  installed: 'installed',
};

/** Whether Depends and Pre-Depends of an unpacked package are met, will be, or cannot be. */
export function checkDependencies(record: PackageRecord, context: DependencyContext): DependencyAnswer {
  let verdict: DependencyAnswer['verdict'] = 'met';
  let reasons = '';
  let awaited: string | null = null;
  let unhelped = false;
  for (const group of context.index.groups(record)) {
    const check = new GroupCheck(record, context);
    const found = check.run(group);
    if (found === 'none' || found === 'forced') reasons += check.describe(group);
    if (found === 'none') verdict = 'unmet';
    else if (found === 'defer' && verdict === 'met') verdict = 'defer';
    if (found === 'defer' && check.awaited !== null) awaited = check.awaited;
    else if (found === 'none' || found === 'defer') unhelped = true;
  }
  return { verdict, reasons, awaited: unhelped ? null : awaited };
}

/** Why packages that break this one keep it from being configured, in dpkg's words; "" where none does. */
export function checkBreaks(record: PackageRecord, context: DependencyContext): string {
  let reasons = breaksOf(record, record.name, null, context);
  for (const [provision] of context.index.provisions(record))
    reasons += breaksOf(record, provision!.name, provision!, context);
  return reasons;
}

function breaksOf(
  record: PackageRecord,
  name: string,
  provision: Relation | null,
  { db, index }: DependencyContext,
): string {
  let reasons = '';
  for (const { key, relation } of index.breakers(name)) {
    const breaker = db.get(key)!;
    if (breaker.state === 'not-installed' || breaker.state === 'config-files') continue;
    if (key === recordKey(record) || !versionMatches(record.version, relation)) continue;
    if (provision !== null && !provisionMatches(provision, relation)) continue;
    const words = STATE_WORDS[breaker.state];
    const target = serializeRelations([[relation]]);
    reasons += ` ${db.displayName(breaker)} (${breaker.version}) breaks ${target} and is ${words}.\n`;
    if (provision !== null)
      reasons += `  ${db.displayName(record)} (${record.version}) provides ${provision.name}.\n`;
    else if (relation.operator !== null)
      reasons += `  Version of ${db.displayName(record)} to be configured is ${record.version}.\n`;
  }
  return reasons;
}

/** The check of one group of alternatives. */
class GroupCheck {
  awaited: string | null = null;
  readonly #record: PackageRecord;
  readonly #context: DependencyContext;
  #messages = '';

  constructor(record: PackageRecord, context: DependencyContext) {
    this.#record = record;
    this.#context = context;
  }

  run(group: RelationGroup): Found {
    let found: Found = 'none';
    for (const relation of group) {
      if (this.#context.cut.has(relation)) return 'met';
      found = better(found, this.#alternative(relation));
      if (found === 'met') return found;
    }
    const { force } = this.#context;
    return force === 'never' ? found : better(found, force === 'now' ? 'forced' : 'defer');
  }

  describe(group: RelationGroup): string {
    const name = this.#context.db.displayName(this.#record);
    const head = ` ${name} depends on ${serializeRelations([group])}`;
    return this.#messages === '' ? `${head}.\n` : `${head}; however:\n${this.#messages}`;
  }

  #alternative(relation: Relation): Found {
    let found: Found = 'none';
    for (const candidate of this.#candidates(relation)) {
      found = better(found, this.#candidate(candidate, relation, null));
      if (found === 'met') return found;
    }
    for (const { key, relation: provision } of this.#context.index.providers(relation.name)) {
      const provider = this.#context.db.get(key)!;
      const architecture = provision.qualifier ?? provider.architecture;
      if (!architectureMatches(provider, architecture, this.#wanted(relation))) continue;
      const answer = this.#candidate(provider, relation, provision);
      const own = answer === 'defer' && key === recordKey(this.#record);
      found = better(found, own ? 'met' : answer);
      if (found === 'met') return found;
    }
    return found;
  }

  /** Packages of this name; one that is unknown counts as a native package that is not installed. */
  #candidates(relation: Relation): PackageRecord[] {
    const { db } = this.#context;
    const instances = db.instances(relation.name);
    const wanted = this.#wanted(relation);
    const known = instances.length > 0 ? instances : [blankRecord(relation.name, '')];
    return known.filter((record) => architectureMatches(record, record.architecture, wanted));
  }

  #wanted(relation: Relation) {
    const { architecture } = this.#record;
    return { relation, architecture, nativeArchitecture: this.#context.db.architecture };
  }

  #candidate(candidate: PackageRecord, relation: Relation, provision: Relation | null): Found {
    const { db, queued } = this.#context;
    const name = db.displayName(candidate);
    const subject =
      provision === null ? `Package ${name}` : `Package ${name} which provides ${provision.name}`;
    switch (candidate.state) {
      case 'not-installed':
      case 'config-files':
      case 'half-installed':
        return this.#unsuitable(`${subject} is not installed.`);
    }
    if (provision !== null && !provisionMatches(provision, relation))
      return this.#unsuitable(
        `Version of ${relation.name} on system, provided by ${recordKey(candidate)}, is ${provision.version ?? '<none>'}.`,
      );
    if (provision === null && !versionMatches(candidate.version, relation))
      return this.#unsuitable(`Version of ${name} on system is ${candidate.version}.`);
    if (candidate.state === 'installed' || candidate.state === 'triggers-pending') return 'met';
    if (candidate.state === 'triggers-awaited') {
      this.awaited = candidate.triggersAwaited[0]!;
      return 'defer';
    }
    if (queued.has(recordKey(candidate))) return 'defer';
    return this.#unsuitable(`${subject} is not configured yet.`);
  }

  #unsuitable(message: string): Found {
    this.#messages += `  ${message}\n`;
    return 'none';
  }
}

function better(a: Found, b: Found): Found {
  return RANK[b] > RANK[a] ? b : a;
}
