import type { DpkgDatabase } from './database.ts';
import { packageBin } from './fsys-hash.ts';
import { field, recordKey } from './record.ts';
import { parseRelations, RELATION_FIELDS, type Relation, type RelationGroup } from './relation.ts';
import type { PackageRecord } from './types.ts';

/** A relation together with the package whose field it stands in. */
export interface Held {
  key: string;
  relation: Relation;
}

/**
 * The relations between the packages of a database as dpkg links them when it reads the status file: lists that
 * lead back from a name run from the last package to the first. Valid while no package gets other fields.
 */
export class DependencyIndex {
  readonly #db: DpkgDatabase;
  readonly #groups = new Map<string, RelationGroup[]>();
  readonly #provides = new Map<string, Held[]>();
  readonly #breaks = new Map<string, Held[]>();

  constructor(db: DpkgDatabase) {
    this.#db = db;
    for (const record of db.all()) {
      hold(this.#provides, record, 'Provides');
      hold(this.#breaks, record, 'Breaks');
    }
    for (const list of [...this.#provides.values(), ...this.#breaks.values()]) list.reverse();
  }

  /** Depends, then Pre-Depends; always the same objects for the same package. */
  groups(record: PackageRecord): RelationGroup[] {
    const key = recordKey(record);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const groups = [...relations(record, 'Depends'), ...relations(record, 'Pre-Depends')];
    this.#groups.set(key, groups);
    return groups;
  }

  provisions(record: PackageRecord): RelationGroup[] {
    return relations(record, 'Provides');
  }

  /** Provides of a name by any package. */
  providers(name: string): readonly Held[] {
    return this.#provides.get(name) ?? [];
  }

  /** Breaks of a name by any package. */
  breakers(name: string): readonly Held[] {
    return this.#breaks.get(name) ?? [];
  }

  /** All records as dpkg walks its hash table: by bin, and within one in the order of first mention. */
  inHashOrder(): PackageRecord[] {
    const bins = new Map<number, Set<string>>();
    for (const { name } of this.#db.all()) {
      const bin = packageBin(name);
      bins.set(bin, (bins.get(bin) ?? new Set()).add(name));
    }
    const crowded = [...bins.values()].some((names) => names.size > 1);
    const mentions = crowded ? this.#mentions() : new Map<string, number>();
    const first = (name: string): number => mentions.get(name) ?? 0;
    return [...bins]
      .sort(([a], [b]) => a - b)
      .flatMap(([, names]) => [...names].sort((a, b) => first(a) - first(b)))
      .flatMap((name) => this.#db.instances(name));
  }

  /** Where in the status file each name stands first, as a package or in a relation. */
  #mentions(): Map<string, number> {
    const mentions = new Map<string, number>();
    const mention = (name: string): void => {
      if (!mentions.has(name)) mentions.set(name, mentions.size);
    };
    for (const record of this.#db.all()) {
      mention(record.name);
      for (const name of RELATION_FIELDS)
        for (const group of relations(record, name)) for (const relation of group) mention(relation.name);
    }
    return mentions;
  }
}

const parsed = new WeakMap<PackageRecord['fields'], Map<string, RelationGroup[]>>();

/** The relations of one field of a package; the same objects for all records that share their fields. */
export function relations(record: PackageRecord, name: string): RelationGroup[] {
  const fields = parsed.get(record.fields) ?? new Map<string, RelationGroup[]>();
  parsed.set(record.fields, fields);
  const known = fields.get(name);
  if (known !== undefined) return known;
  const groups = parseRelations(field(record, name), { field: name, source: record.name, lax: true });
  fields.set(name, groups);
  return groups;
}

function hold(index: Map<string, Held[]>, record: PackageRecord, name: string): void {
  const key = recordKey(record);
  for (const [relation] of relations(record, name)) {
    const held = index.get(relation!.name);
    if (held === undefined) index.set(relation!.name, [{ key, relation: relation! }]);
    else held.push({ key, relation: relation! });
  }
}
