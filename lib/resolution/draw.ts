import { instance } from '@viz-js/viz';
import { type DependencyEdge, hardNeeds } from './graph.ts';
import type { ResolvedPackage } from './plan.ts';
import { reduceGraph } from './reduce.ts';
import type { ResolvedDependencies } from './resolver.ts';

const FILLS = {
  requested: '#8ecae6',
  essential: '#ffd6a5',
  depends: '#f1f3f5',
  recommends: '#d8f3dc',
} as const;
const EDGES: Record<DependencyEdge['kind'], string> = {
  'Pre-Depends': 'color="#c1121f" penwidth=1.4',
  Depends: 'color="#6c757d"',
  Recommends: 'color="#2d6a4f" style=dashed',
};
const CYCLE = 'color="#c1121f" penwidth=2';

/** The plan as a picture; needs run from left to right, and needs that others imply are left out. */
export async function drawGraph(resolved: ResolvedDependencies, format: 'svg' | 'dot'): Promise<string> {
  const dot = graphToDot(resolved);
  if (format === 'dot') return dot;
  const viz = await instance();
  return viz.renderString(dot, { format: 'svg', engine: 'dot' });
}

function graphToDot({ graph, levels, cycles }: ResolvedDependencies): string {
  const inCycle = new Set(cycles.flat());
  const nodes = levels.flatMap((ids, level) =>
    ids.map((id) => {
      const item = graph.nodes.get(id)!;
      const border = inCycle.has(id) ? CYCLE : 'color="#adb5bd"';
      const tip = `${id} ${item.version}, level ${level}: ${item.reason}`;
      return `  ${quote(id)} [label=${quote(item.name)} fillcolor="${FILLS[kindOf(item)]}" ${border} tooltip=${quote(tip)}];`;
    }),
  );
  return `digraph plan {
  rankdir=LR; ranksep=0.7; nodesep=0.12; bgcolor=white; fontname="Helvetica,Arial,sans-serif"; fontsize=14; labelloc=t;
  label=${quote(`${graph.nodes.size} packages on ${levels.length} levels, ${cycles.length} cycles`)};
  node [shape=box style="rounded,filled" fontname="Helvetica,Arial,sans-serif" fontsize=11 height=0.25 margin="0.16,0.04"];
  edge [arrowsize=0.5];
${LEGEND}
${nodes.join('\n')}
${drawnEdges(graph).map(formatEdge).join('\n')}
}
`;
}

/** Hard edges without those that longer ways imply, and the recommendations that brought a package in. */
function drawnEdges(graph: ResolvedDependencies['graph']): DependencyEdge[] {
  const reduced = reduceGraph(hardNeeds(graph));
  const drawn = new Map<string, DependencyEdge>();
  for (const edge of graph.edges) {
    const { from, to, kind } = edge;
    const key = `${from} ${to}`;
    const target = graph.nodes.get(to)!;
    const wanted = kind === 'Recommends' ? kindOf(target) === 'recommends' : reduced.get(from)!.includes(to);
    if (wanted && from !== to && !drawn.has(key)) drawn.set(key, edge);
  }
  return [...drawn.values()];
}

function formatEdge({ from, to, kind, relation }: DependencyEdge): string {
  return `  ${quote(from)} -> ${quote(to)} [${EDGES[kind]} tooltip=${quote(`${kind}: ${relation}`)}];`;
}

function kindOf({ reason }: ResolvedPackage): keyof typeof FILLS {
  if (reason === 'requested' || reason === 'essential') return reason;
  return / Recommends: /.test(reason) ? 'recommends' : 'depends';
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

const swatch = (fill: string, text: string) =>
  `<tr><td bgcolor="${fill}" width="32"> </td><td align="left">${text}</td></tr>`;
const line = (color: string, mark: string, text: string) =>
  `<tr><td><font color="${color}">${mark}</font></td><td align="left">${text}</td></tr>`;

const LEGEND = `  legend [shape=plain style="" label=<<table border="1" color="#adb5bd" cellborder="0" cellspacing="3" cellpadding="4">
    ${swatch(FILLS.requested, 'requested')}
    ${swatch(FILLS.essential, 'essential')}
    ${swatch(FILLS.depends, 'needed by another')}
    ${swatch(FILLS.recommends, 'recommended by another')}
    <tr><td border="2" color="#c1121f" bgcolor="${FILLS.depends}"> </td><td align="left">in a cycle</td></tr>
    ${line('#c1121f', '&#8594;', 'Pre-Depends')}
    ${line('#6c757d', '&#8594;', 'Depends')}
    ${line('#2d6a4f', '&#8674;', 'Recommends')}
  </table>>];`;
