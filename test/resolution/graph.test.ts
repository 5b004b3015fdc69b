import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conflicts } from '../../lib/resolution/conflicts.ts';
import { drawGraph } from '../../lib/resolution/draw.ts';
import { epochs } from '../../lib/resolution/epochs.ts';
import { buildGraph, cyclesOf, layeringOrder, levelsOf } from '../../lib/resolution/graph.ts';
import type { PlanOperation } from '../../lib/resolution/plan.ts';
import { reduceGraph } from '../../lib/resolution/reduce.ts';
import { describeSolution } from '../../lib/resolution/resolver.ts';
import { components } from '../../lib/resolution/tarjan.ts';
import { plannedPackage } from './support.ts';

const graphOf = (needs: Record<string, string>) =>
  buildGraph(
    Object.entries(needs).map(([name, Depends]) =>
      plannedPackage(name, { relations: Depends ? { Depends } : {} }),
    ),
    'amd64',
  );
const edges = (graph: ReturnType<typeof buildGraph>) => graph.edges.map(({ from, to }) => `${from} ${to}`);

/** Graphs of up to eight nodes as adjacency lists. */
const anyGraph = fc
  .array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 1, maxLength: 8 })
  .map(
    (lists) => new Map(lists.map((to, n) => [`${n}`, [...new Set(to.map((t) => `${t % lists.length}`))]])),
  );

function reachable(graph: ReadonlyMap<string, readonly string[]>, from: string): string[] {
  const seen = new Set<string>();
  const queue = [...graph.get(from)!];
  for (let id = queue.shift(); id !== undefined; id = queue.shift())
    if (!seen.has(id)) {
      seen.add(id);
      queue.push(...graph.get(id)!);
    }
  return [...seen].sort();
}

describe('the dependency graph', () => {
  it('has an edge to every package of the plan that meets a relation', () => {
    const packages = [
      plannedPackage('app', {
        relations: { 'Pre-Depends': 'core', Depends: 'mta, lib (>= 2) | lib-old, absent', Recommends: 'doc' },
      }),
      plannedPackage('core'),
      plannedPackage('lib', { version: '1.0' }),
      plannedPackage('lib-old'),
      plannedPackage('postfix', { relations: { Provides: 'mta' } }),
      plannedPackage('doc'),
    ];
    expect(buildGraph(packages, 'amd64').edges).toEqual([
      { from: 'app:amd64', to: 'core:amd64', kind: 'Pre-Depends', relation: 'core' },
      { from: 'app:amd64', to: 'postfix:amd64', kind: 'Depends', relation: 'mta' },
      { from: 'app:amd64', to: 'lib-old:amd64', kind: 'Depends', relation: 'lib (>= 2) | lib-old' },
      { from: 'app:amd64', to: 'doc:amd64', kind: 'Recommends', relation: 'doc' },
    ]);
  });

  it('knows versioned provides and Multi-Arch', () => {
    const app = plannedPackage('app', { relations: { Depends: 'api (>= 2), tool, python:any, lib' } });
    const provider = plannedPackage('one', { relations: { Provides: 'api' } });
    const versioned = plannedPackage('two', { relations: { Provides: 'api (= 2.1)' } });
    const foreign = { architecture: 'i386' };
    const tool = plannedPackage('tool', { ...foreign, multiArch: 'foreign' });
    const python = plannedPackage('python', { ...foreign, multiArch: 'allowed' });
    const lib = plannedPackage('lib', { ...foreign, multiArch: 'same' });
    expect(edges(buildGraph([app, provider, versioned, tool, python, lib], 'amd64'))).toEqual([
      'app:amd64 two:amd64',
      'app:amd64 tool:i386',
      'app:amd64 python:i386',
    ]);
  });

  it('finds cycles, levels and an order', () => {
    const graph = graphOf({ app: 'left, right', left: 'right', right: 'left, base', base: '', lone: '' });
    expect(cyclesOf(graph)).toEqual([['left:amd64', 'right:amd64']]);
    expect(levelsOf(graph)).toEqual([
      ['base:amd64', 'lone:amd64'],
      ['left:amd64', 'right:amd64'],
      ['app:amd64'],
    ]);
    expect(layeringOrder(graph)).toEqual([
      'base:amd64',
      'left:amd64',
      'right:amd64',
      'app:amd64',
      'lone:amd64',
    ]);
  });

  it('puts nodes into one component exactly when they reach each other', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const groups = components(graph);
        const groupOf = new Map(groups.flatMap((ids, n) => ids.map((id) => [id, n] as const)));
        for (const a of graph.keys())
          for (const b of graph.keys()) {
            if (a === b) continue;
            const mutual = reachable(graph, a).includes(b) && reachable(graph, b).includes(a);
            expect(groupOf.get(a) === groupOf.get(b)).toBe(mutual);
          }
        for (const [from, targets] of graph)
          for (const to of targets) expect(groupOf.get(to)!).toBeLessThanOrEqual(groupOf.get(from)!);
      }),
    );
  });

  it('is reduced without losing a way', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const reduced = reduceGraph(graph);
        for (const id of graph.keys()) expect(reachable(reduced, id)).toEqual(reachable(graph, id));
      }),
    );
    const diamond = new Map([
      ['a', ['b', 'c', 'd']],
      ['b', ['d']],
      ['c', ['d']],
      ['d', []],
    ]);
    expect(reduceGraph(diamond).get('a')).toEqual(['b', 'c']);
  });
});

describe('conflicts', () => {
  it('names pairs that exclude each other, but never a package and itself', () => {
    const mta = { Provides: 'mta', Conflicts: 'mta' };
    const pair = [
      plannedPackage('postfix', { relations: mta }),
      plannedPackage('lib', { version: '2', relations: { Breaks: 'app (<< 1)' } }),
      plannedPackage('app', { version: '0.9' }),
    ];
    expect(
      conflicts(pair, 'amd64').map(({ package: one, kind, relation, with: two }) => [
        one.name,
        kind,
        relation,
        two.name,
      ]),
    ).toEqual([['lib', 'Breaks', 'app (<< 1)', 'app']]);
    const both = conflicts([...pair.slice(0, 1), plannedPackage('exim', { relations: mta })], 'amd64');
    expect(both).toHaveLength(2);
  });
});

describe('epochs', () => {
  const operation = (text: string): PlanOperation => {
    const [kind, name] = text.split(' ');
    return { kind: kind as PlanOperation['kind'], name: name!, architecture: 'amd64' };
  };
  const cut = (texts: string[], scripts: string[]) =>
    epochs(texts.map(operation), ({ name }) => scripts.includes(name)).map((group) =>
      group.map(({ name }) => name),
    );

  it('joins unpacks until a script comes between them', () => {
    expect(cut(['unpack a', 'unpack b', 'unpack c', 'unpack d'], ['c'])).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(cut(['unpack a', 'configure a', 'unpack b', 'remove x', 'unpack c'], [])).toEqual([
      ['a'],
      ['a'],
      ['b'],
      ['x'],
      ['c'],
    ]);
    expect(cut([], [])).toEqual([]);
  });
});

describe('drawGraph', () => {
  it('draws every package, its level and why it is there', async () => {
    const install = [
      plannedPackage('app', { reason: 'requested', relations: { Depends: 'lib, base', Recommends: 'doc' } }),
      plannedPackage('lib', { reason: 'app Depends: lib', relations: { Depends: 'base' } }),
      plannedPackage('base', { reason: 'essential' }),
      plannedPackage('doc', { reason: 'app Recommends: doc' }),
    ];
    const solution = { install, remove: [], operations: [], auto: [], downloadSize: 0, installedSize: 0 };
    const resolved = describeSolution(solution, 'amd64');
    const dot = await drawGraph(resolved, 'dot');
    expect(dot).toContain('"app:amd64" -> "lib:amd64"');
    expect(dot).toContain('"app:amd64" -> "doc:amd64"');
    expect(dot).not.toContain('"app:amd64" -> "base:amd64"');
    const svg = await drawGraph(resolved, 'svg');
    expect(svg).toMatch(/<svg/);
    for (const text of ['app', 'lib', 'base', 'doc', 'requested', '4 packages on 3 levels, 0 cycles'])
      expect(svg).toContain(`>${text}</text>`);
  });
});
