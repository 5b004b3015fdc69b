import { type DependencyConstraint, parseDependencies } from './constraint.ts';
import type { ResolvedPackage } from './plan.ts';

/** Finds the packages of a set that meet a constraint. */
export interface PackageIndex {
  /** Packages that meet `constraint` as a dependency of `from`. */
  targets(constraint: DependencyConstraint, from: ResolvedPackage): ResolvedPackage[];
  /** Packages that meet it as a conflict: of any architecture, never `from` itself. */
  rivals(constraint: DependencyConstraint, from: ResolvedPackage): ResolvedPackage[];
}

interface Offer {
  by: ResolvedPackage;
  /** Null: provided without a version, which meets no versioned constraint. */
  version: string | null;
}

/** `architecture`: the native one, which packages for all architectures belong to. */
export function indexPackages(packages: readonly ResolvedPackage[], architecture: string): PackageIndex {
  const offers = new Map<string, Offer[]>();
  const add = (name: string, offer: Offer) => {
    const list = offers.get(name);
    if (list === undefined) offers.set(name, [offer]);
    else list.push(offer);
  };
  for (const item of packages) {
    add(item.name, { by: item, version: item.version });
    for (const group of parseDependencies(item.relations.Provides ?? ''))
      for (const provided of group) add(provided.name, { by: item, version: provided.version });
  }
  const real = (item: ResolvedPackage) => (item.architecture === 'all' ? architecture : item.architecture);

  function matching(constraint: DependencyConstraint): ResolvedPackage[] {
    const found = (offers.get(constraint.name) ?? []).filter(({ version }) =>
      version === null ? constraint.operator === null : constraint.satisfiedBy(version),
    );
    return [...new Set(found.map(({ by }) => by))];
  }

  /** Multi-Arch: which architecture may stand in for which. */
  function fits(constraint: DependencyConstraint, from: ResolvedPackage, to: ResolvedPackage): boolean {
    const { qualifier } = constraint;
    if (qualifier === 'any') return to.multiArch === 'allowed' || real(to) === real(from);
    if (qualifier === 'native') return real(to) === architecture;
    if (qualifier !== null) return real(to) === qualifier;
    return real(to) === real(from) || to.multiArch === 'foreign';
  }

  return {
    targets: (constraint, from) => matching(constraint).filter((to) => fits(constraint, from, to)),
    rivals: (constraint, from) =>
      matching(constraint).filter((to) => to !== from && !(to.name === from.name && to.multiArch === 'same')),
  };
}
