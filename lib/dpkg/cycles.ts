import type { DpkgDatabase } from './database.ts';
import type { DependencyIndex } from './dependency-index.ts';
import { recordKey } from './record.ts';
import type { Relation } from './relation.ts';
import { architectureMatches } from './satisfaction.ts';

/** A package on the way down, with the alternative that is being followed out of it. */
interface Link {
  above: Link | null;
  key: string;
  relation: Relation | null;
}

/**
 * Finds dependency cycles and cuts each at one alternative: where a package without a postinst depends on, as
 * nothing is lost there, and otherwise where the package that closes the cycle is left.
 */
export class CycleCutter {
  /** The alternatives that count as met from now on. */
  readonly cut = new Set<Relation>();
  readonly #db: DpkgDatabase;
  readonly #index: DependencyIndex;
  readonly #queued: ReadonlySet<string>;
  #finished = new Set<string>();

  /** @param queued keys of the packages that are being configured; only these count as providers. */
  constructor(db: DpkgDatabase, index: DependencyIndex, queued: ReadonlySet<string>) {
    this.#db = db;
    this.#index = index;
    this.#queued = queued;
  }

  /** Cuts the first cycle found below a package. */
  cutBelow(key: string): boolean {
    this.#finished = new Set();
    return this.#descend(key, null);
  }

  #descend(key: string, above: Link | null): boolean {
    if (this.#finished.has(key)) return false;
    const record = this.#db.get(key)!;
    const link: Link = { above, key, relation: null };
    for (const relation of this.#index.groups(record).flat()) {
      if (this.cut.has(relation)) continue;
      link.relation = relation;
      const wanted = {
        relation,
        architecture: record.architecture,
        nativeArchitecture: this.#db.architecture,
      };
      for (const candidate of this.#db.instances(relation.name))
        if (architectureMatches(candidate, candidate.architecture, wanted))
          if (this.#follow(recordKey(candidate), link)) return true;
      for (const provider of this.#index.providers(relation.name))
        if (this.#queued.has(provider.key) && this.#follow(provider.key, link)) return true;
    }
    this.#finished.add(key);
    return false;
  }

  #follow(key: string, from: Link): boolean {
    let closing = from.above;
    while (closing !== null && closing.key !== key) closing = closing.above;
    if (closing === null) return this.#descend(key, from);
    let at = from;
    while ((at === from || at.key !== key) && this.#hasPostinst(at.key)) at = at.above!;
    this.cut.add(at.relation!);
    return true;
  }

  #hasPostinst(key: string): boolean {
    return this.#db.hasInfo(this.#db.get(key)!, 'postinst');
  }
}
