import { buildGraph, type DependencyEdge, packageId } from './graph.ts';
import type { ResolvedPackage } from './plan.ts';

/**
 * Says for each package that nobody asked for who pulled it in: the nearest one on the way from what was asked for,
 * by a hard dependency where there is one. `architecture`: the native one.
 */
export function withReasons(packages: readonly ResolvedPackage[], architecture: string): ResolvedPackage[] {
  const graph = buildGraph(packages, architecture);
  const needs = new Map<string, DependencyEdge[]>();
  for (const edge of graph.edges) needs.set(edge.from, [...(needs.get(edge.from) ?? []), edge]);
  const reasons = new Map<string, string>();
  for (const item of packages) if (item.reason !== '') reasons.set(packageId(item), item.reason);

  const spread = (hardOnly: boolean) => {
    const queue = [...reasons.keys()];
    for (let id = queue.shift(); id !== undefined; id = queue.shift())
      for (const { to, kind, relation } of needs.get(id) ?? []) {
        if (reasons.has(to) || (hardOnly && kind === 'Recommends')) continue;
        reasons.set(to, `${graph.nodes.get(id)!.name} ${kind}: ${relation}`);
        queue.push(to);
      }
  };
  spread(true);
  spread(false);
  return packages.map((item) => ({
    ...item,
    reason: reasons.get(packageId(item)) ?? 'needed by an installed package',
  }));
}
