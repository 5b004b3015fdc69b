import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseDependencies } from './constraint.ts';
import type { AptTarget, ResolveRequest, Solution } from './plan.ts';

/** A choice between alternatives that apt cannot make, for it does not know how the tree comes about. */
export interface Preference {
  package: string;
  /** The package of the plan that it stands in for. */
  insteadOf: string;
  /** `bootstrap`: only for a tree that starts empty. */
  when: 'bootstrap';
  reason: string;
}

export async function loadPreferences(): Promise<Preference[]> {
  return JSON.parse(await readFile(fileURLToPath(new URL('preferences.json', import.meta.url)), 'utf8'));
}

/**
 * The rows that change a plan: the tree starts empty, the plan holds what the row replaces although nobody asked for
 * it, and a relation of the plan names the other one, so that sources which do not know it are left alone.
 */
export function applicablePreferences(
  preferences: readonly Preference[],
  plan: { target: AptTarget; request: ResolveRequest; solution: Solution },
): Preference[] {
  const { target, request, solution } = plan;
  if (target.status !== null || request.locked !== null) return [];
  const named = new Set(
    solution.install
      .flatMap(({ relations }) => [relations['Pre-Depends'] ?? '', relations.Depends ?? ''])
      .flatMap((field) => parseDependencies(field).flat())
      .map(({ name }) => name),
  );
  const installed = new Map(solution.install.map((item) => [item.name, item.reason]));
  return preferences.filter((row) => {
    const reason = installed.get(row.insteadOf);
    return (
      reason !== undefined &&
      reason !== 'requested' &&
      named.has(row.package) &&
      !request.exclude.includes(row.package)
    );
  });
}
