import type { ErrorCode } from '../errors/codes.ts';
import { AptOstreeError } from '../errors/error.ts';
import { formatVersion, parseVersion, type VersionOperator } from './version.ts';

/** One alternative of a relation: `name[:qualifier] [(operator version)]`. */
export interface Relation {
  name: string;
  /** Architecture after the colon: an architecture's name or "any"; null where there is none. */
  qualifier: string | null;
  operator: VersionOperator | null;
  version: string | null;
}

/** Alternatives of which one is enough. */
export type RelationGroup = Relation[];

export interface RelationOptions {
  /** The field's name, which decides whether alternatives are allowed. */
  field: string;
  /** What is read, for messages: "foo_1_amd64.deb". */
  source?: string;
  /** Code of the errors; `ERR_DEB_CONTROL` where absent. */
  code?: ErrorCode;
  /** Accepts odd version numbers, as dpkg does for what is already installed. */
  lax?: boolean;
}

/** Fields that hold relations, in the order of dpkg's stanzas. */
export const RELATION_FIELDS: readonly string[] = [
  'Replaces',
  'Provides',
  'Depends',
  'Pre-Depends',
  'Recommends',
  'Suggests',
  'Breaks',
  'Conflicts',
  'Enhances',
];

const SINGLE = new Set(['conflicts', 'breaks', 'provides', 'replaces']);
const ALTERNATIVE = /^([^\s:(,|]+)(?::([^\s(,|]*))?\s*(?:\(\s*(<<|<=|<|>>|>=|>|=|)\s*([^\s()]*)\s*\)\s*)?$/;
/** Values, of most packages, that are written as they are read: found without taking them apart. */
const PLAIN = String.raw`[a-z0-9][a-z0-9+._-]*(?::[a-z0-9][a-z0-9-]*)?(?: \((?:<<|<=|=|>=|>>) [0-9][0-9A-Za-z.+~]*(?:-[0-9A-Za-z.+~]+)*\))?`;
const NORMAL = new RegExp(`^${PLAIN}(?:, ${PLAIN})*$`);
const OPERATORS: Record<string, VersionOperator> = {
  '<': '<=',
  '>': '>=',
  '': '=',
  '<<': '<<',
  '<=': '<=',
  '=': '=',
  '>=': '>=',
  '>>': '>>',
};

/**
 * Reads the value of a dependency field of a binary package. The obsolete `<` and `>` mean `<=` and `>=`, and a
 * version without an operator means `=`.
 *
 * @throws `options.code` naming field and package where dpkg would refuse the value.
 */
export function parseRelations(value: string, options: RelationOptions): RelationGroup[] {
  if (value === '') return [];
  return value.split(',').map((text) => {
    const alternatives = text.split('|');
    if (alternatives.length > 1 && SINGLE.has(options.field.toLowerCase()))
      refuse(options, "alternatives ('|') not allowed");
    return alternatives.map((alternative) => parseAlternative(alternative.trim(), options));
  });
}

/**
 * The value of a dependency field as dpkg writes it.
 *
 * @throws `options.code` as `parseRelations`.
 */
export function normalizeRelations(value: string, options: RelationOptions): string {
  return NORMAL.test(value) ? value : serializeRelations(parseRelations(value, options));
}

/** The relations as dpkg writes them into its status file. */
export function serializeRelations(groups: RelationGroup[]): string {
  return groups.map((group) => group.map(serializeRelation).join(' | ')).join(', ');
}

function serializeRelation({ name, qualifier, operator, version }: Relation): string {
  const target = qualifier === null ? name : `${name}:${qualifier}`;
  return operator === null ? target : `${target} (${operator} ${version})`;
}

function parseAlternative(text: string, options: RelationOptions): Relation {
  const match = ALTERNATIVE.exec(text);
  if (match === null) refuse(options, `syntax error in '${text}'`);
  const [, name, qualifier, operator, version] = match;
  if (!/^[A-Za-z0-9][A-Za-z0-9\-+._]*$/.test(name!)) refuse(options, `invalid package name '${name}'`);
  if (qualifier !== undefined && !/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(qualifier))
    refuse(options, `reference to '${name}': invalid architecture name '${qualifier}'`);
  const target = { name: name!.toLowerCase(), qualifier: qualifier ?? null };
  if (version === undefined) return { ...target, operator: null, version: null };
  return { ...target, operator: OPERATORS[operator ?? '']!, version: normalize(version, name!, options) };
}

function normalize(version: string, name: string, options: RelationOptions): string {
  try {
    return formatVersion(parseVersion(version, { lax: options.lax ?? false }));
  } catch (error) {
    return refuse(options, `reference to '${name}': ${(error as Error).message}`);
  }
}

function refuse({ field, source, code }: RelationOptions, reason: string): never {
  const where = source === undefined ? '' : `${source}: `;
  throw new AptOstreeError(code ?? 'ERR_DEB_CONTROL', `${where}'${field}' field, ${reason}`);
}
