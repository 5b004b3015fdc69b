import { components } from './tarjan.ts';

/**
 * Leaves out of a graph every edge that a longer way implies, so that it can be read. Edges within a cycle stay.
 * The result reaches exactly what the graph reached.
 */
export function reduceGraph(graph: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const groups = components(graph);
  const groupOf = new Map(groups.flatMap((members, n) => members.map((id) => [id, n] as const)));
  const reach: Set<number>[] = [];
  const kept = new Map<string, string[]>();
  for (const [n, members] of groups.entries()) {
    const inside = (id: string) => groupOf.get(id) === n;
    const targets = new Set(
      members
        .flatMap((id) => graph.get(id)!)
        .filter((id) => !inside(id))
        .map((id) => groupOf.get(id)!),
    );
    const implied = new Set([...targets].flatMap((target) => [...reach[target]!]));
    reach.push(new Set([...targets, ...implied]));
    const drawn = new Set<number>();
    for (const id of members)
      kept.set(
        id,
        graph.get(id)!.filter((to) => {
          const target = groupOf.get(to)!;
          if (target === n) return true;
          if (implied.has(target) || drawn.has(target)) return false;
          drawn.add(target);
          return true;
        }),
      );
  }
  return kept;
}
