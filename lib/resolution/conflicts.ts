import { parseDependencies } from './constraint.ts';
import { indexPackages } from './package-index.ts';
import type { ResolvedPackage } from './plan.ts';

export interface PackageConflict {
  package: ResolvedPackage;
  kind: 'Conflicts' | 'Breaks';
  relation: string;
  with: ResolvedPackage;
}

/** Pairs of a set that must not be installed together. A plan of libapt-pkg has none; a list made by hand may. */
export function conflicts(packages: readonly ResolvedPackage[], architecture: string): PackageConflict[] {
  const index = indexPackages(packages, architecture);
  return packages.flatMap((item) =>
    (['Conflicts', 'Breaks'] as const).flatMap((kind) =>
      parseDependencies(item.relations[kind] ?? '')
        .flat()
        .flatMap((constraint) =>
          index
            .rivals(constraint, item)
            .map((rival) => ({ package: item, kind, relation: constraint.toString(), with: rival })),
        ),
    ),
  );
}
