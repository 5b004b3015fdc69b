import { parseDependencies } from './constraint.ts';
import { indexPackages } from './package-index.ts';
import type { ResolvedPackage } from './plan.ts';
import { components } from './tarjan.ts';

export type DependencyKind = 'Pre-Depends' | 'Depends' | 'Recommends';
const DEPENDENCY_KINDS: readonly DependencyKind[] = ['Pre-Depends', 'Depends', 'Recommends'];

export interface DependencyEdge {
  from: string;
  to: string;
  kind: DependencyKind;
  /** The whole relation: "default-mta | mail-transport-agent". */
  relation: string;
}

/** What the packages of one plan need of each other. What the tree below has already is no part of it. */
export interface DependencyGraph {
  /** By `packageId`. */
  nodes: Map<string, ResolvedPackage>;
  edges: DependencyEdge[];
}

/** `name:architecture`, as the package itself says ("all" is one). */
export function packageId({ name, architecture }: { name: string; architecture: string }): string {
  return `${name}:${architecture}`;
}

/** `architecture`: the native one, which decides about Multi-Arch. */
export function buildGraph(packages: readonly ResolvedPackage[], architecture: string): DependencyGraph {
  const index = indexPackages(packages, architecture);
  const edges = packages.flatMap((from) =>
    DEPENDENCY_KINDS.flatMap((kind) =>
      parseDependencies(from.relations[kind] ?? '').flatMap((group): DependencyEdge[] => {
        const targets = group.flatMap((constraint) => index.targets(constraint, from));
        const relation = group.join(' | ');
        return [...new Set(targets)].map((to) => ({
          from: packageId(from),
          to: packageId(to),
          kind,
          relation,
        }));
      }),
    ),
  );
  return { nodes: new Map(packages.map((item) => [packageId(item), item])), edges };
}

/** What each package needs before it can be configured: its Depends and Pre-Depends. */
export function hardNeeds(graph: DependencyGraph): Map<string, string[]> {
  const needs = new Map<string, Set<string>>([...graph.nodes.keys()].map((id) => [id, new Set()]));
  for (const { from, to, kind } of graph.edges)
    if (kind !== 'Recommends' && from !== to) needs.get(from)!.add(to);
  return new Map([...needs].map(([id, targets]) => [id, [...targets].sort()]));
}

/** Groups of packages that need each other in a circle, each sorted by name. */
export function cyclesOf(graph: DependencyGraph): string[][] {
  return components(hardNeeds(graph)).filter((group) => group.length > 1);
}

/** Level 0 needs nothing of the plan; every other level needs something of the one before. A cycle is on one level. */
export function levelsOf(graph: DependencyGraph): string[][] {
  const needs = hardNeeds(graph);
  const level = new Map<string, number>();
  const levels: string[][] = [];
  for (const group of components(needs)) {
    const below = group.flatMap((id) => needs.get(id)!).filter((id) => !group.includes(id));
    const mine = below.reduce((highest, id) => Math.max(highest, level.get(id)! + 1), 0);
    for (const id of group) level.set(id, mine);
    levels[mine] = [...(levels[mine] ?? []), ...group];
  }
  return levels.map((ids) => ids.sort());
}

/** Every package after what it needs (in a cycle: by name). */
export function layeringOrder(graph: DependencyGraph): string[] {
  return components(hardNeeds(graph)).flat();
}
