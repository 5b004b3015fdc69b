import { writeFile } from 'node:fs/promises';
import { viewBase } from '../../assembly/base.ts';
import { hostArchitecture } from '../../compose/architecture.ts';
import { loadTreefile } from '../../compose/treefile.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { drawGraph } from '../../resolution/draw.ts';
import { epochs } from '../../resolution/epochs.ts';
import type { ResolvedPackage, Solution } from '../../resolution/plan.ts';
import { describeSolution } from '../../resolution/resolver.ts';
import { planLayer } from '../build/layer.ts';
import { planCompose } from '../plan/compose-plan.ts';
import { openScratch } from '../plan/scratch.ts';
import type { ResolveOptions, SystemOptions } from '../requests.ts';
import type { PlannedPackage, ResolveResult } from '../results.ts';
import { openReader } from '../workspace.ts';

/** `resolve`: the plan only. Starts from a base commit, from a treefile's sources, or from nothing. */
export async function resolve(
  system: SystemOptions,
  options: ResolveOptions,
  run: RunOptions,
): Promise<ResolveResult> {
  await using scratch = await openScratch(system);
  const { solution, architecture } = await solve(system, options, scratch, run);
  const resolved = describeSolution(solution, architecture);
  if (options.graph)
    await writeFile(options.graph, await drawGraph(resolved, options.graph.endsWith('.dot') ? 'dot' : 'svg'));
  const key = (p: { name: string; architecture: string }) => `${p.name}:${p.architecture}`;
  const unpacks = solution.operations.filter((op) => op.kind === 'unpack');
  // Without the packages at hand nobody knows which have scripts: an early configure is what surely ends an epoch.
  const runs = epochs(solution.operations, () => false).filter((ops) => ops[0]!.kind === 'unpack');
  return {
    install: solution.install.filter((p) => p.replaces === null).map(planned),
    remove: solution.remove,
    upgrade: solution.install.filter((p) => p.replaces !== null).map(planned),
    order: unpacks.map(key),
    levels: resolved.levels,
    cycles: resolved.cycles,
    epochs: runs.map((ops) => ops.map(key)),
    downloadSize: solution.downloadSize,
    installedSize: solution.installedSize,
  };
}

async function solve(
  system: SystemOptions,
  options: ResolveOptions,
  scratch: { dir: string; aptDir: string },
  run: RunOptions,
): Promise<{ solution: Solution; architecture: string }> {
  const request = { install: options.install, remove: options.remove ?? [] };
  const treefile = options.treefile === undefined ? null : await loadTreefile(options.treefile);
  if (options.base !== undefined) {
    await using repo = await openReader(system);
    const commit = await repo.resolveRev(options.base);
    if (commit === null)
      throw new AptOstreeError('ERR_OSTREE_NOT_FOUND', `no ref or commit ${options.base} in ${repo.path}`);
    const base = await viewBase(repo, commit);
    const settings = {
      aptDir: scratch.aptDir,
      work: scratch.dir,
      repos: treefile?.repos ?? ('host' as const),
      recommends: treefile?.recommends ?? true,
    };
    await using tools = await planLayer(repo, base, request, settings, run);
    return { solution: tools.solution, architecture: tools.architecture };
  }
  const start = treefile ?? (await loadTreefile({ essential: false }));
  const wanted = { ...start, packages: [...start.packages, ...options.install] };
  await using tools = await planCompose(wanted, { aptDir: scratch.aptDir, work: scratch.dir }, null, run);
  return {
    solution: joined(tools.plan.bootstrap, tools.plan.rest),
    architecture: start.architecture || hostArchitecture(),
  };
}

function joined(first: Solution | null, second: Solution): Solution {
  if (first === null) return second;
  return {
    install: [...first.install, ...second.install],
    remove: [...first.remove, ...second.remove],
    operations: [...first.operations, ...second.operations],
    auto: [...first.auto, ...second.auto],
    downloadSize: first.downloadSize + second.downloadSize,
    installedSize: first.installedSize + second.installedSize,
  };
}

function planned({
  name,
  version,
  architecture,
  reason,
  auto,
  replaces,
  size,
}: ResolvedPackage): PlannedPackage {
  return { name, version, architecture, reason, auto, replaces, size };
}
