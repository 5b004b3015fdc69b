import { resolve } from 'node:path';
import { openBase } from '../../assembly/base.ts';
import { loadTreefile } from '../../compose/treefile.ts';
import { mergeAccounts, readAccountsRecord } from '../accounts/rows.ts';
import { isCurrent } from '../build/current.ts';
import { inputsDigest } from '../build/inputs.ts';
import { buildLayer, planLayer } from '../build/layer.ts';
import { checkScripts } from '../build/script-policy.ts';
import { gatherPackages } from '../plan/gather.ts';
import type { ComposeLayerOptions, SystemOptions } from '../requests.ts';
import type { ComposeResult } from '../results.ts';
import { startClock } from '../stage-clock.ts';
import type { TransactionRun } from '../types.ts';
import { openWorkspace, requireRepo } from '../workspace.ts';
import { requireCommit } from './commit-of.ts';
import { copyTree, requireEmpty } from './compose-rootfs.ts';
import { actionsOf, scriptRunsOf } from './result-parts.ts';

/** `compose layer`: a base commit plus and minus packages becomes a new commit; no host is involved. */
export async function composeLayer(
  system: SystemOptions,
  options: ComposeLayerOptions,
  run: TransactionRun,
): Promise<ComposeResult> {
  const clock = startClock();
  checkScripts(options.scripts);
  if (options.rootfs) await requireEmpty(options.rootfs);
  const treefile = options.treefile === undefined ? null : await loadTreefile(options.treefile);
  await using space = await openWorkspace(requireRepo(system), system, run);
  const { repo, work } = space;
  const commit = await requireCommit(repo, options.base);
  const base = await openBase(repo, commit, null);
  const request = { install: options.install, remove: options.remove ?? [] };
  const settings = {
    aptDir: space.aptDir,
    work: work.dir,
    repos: treefile?.repos ?? 'host',
    recommends: treefile?.recommends ?? true,
  };
  await using tools = await clock.time('resolve', () => planLayer(repo, base, request, settings, run));
  const { solution, host, architecture } = tools;
  const packages = actionsOf(solution.install, solution.remove);
  const { ref } = options;
  const before = await repo.resolveRev(ref);
  const result = { ref, base: commit, packages, scripts: [] };
  if (options.dryRun) return { ...result, commit: null, unchanged: false, stats: clock.stats() };
  const inputs = await inputsDigest(commit, null, [solution]);
  const parent =
    options.parent === undefined ? before : options.parent && (await repo.resolveRev(options.parent));
  const accounts = mergeAccounts(
    await readAccountsRecord(repo, parent),
    await readAccountsRecord(repo, commit),
  );
  const decisive = { inputs, scripts: options.scripts, accounts };
  const current =
    before !== null &&
    !options.forceNocache &&
    !options.rootfs &&
    isCurrent((await repo.readCommit(before)).metadata, decisive);
  if (current) return { ...result, commit: before, unchanged: true, stats: clock.stats() };

  const incoming = await gatherPackages(repo, host, solution.install, { clock, run });
  if (options.downloadOnly) return { ...result, commit: null, unchanged: false, stats: clock.stats() };
  const built = await buildLayer(
    {
      repo,
      work: work.dir,
      base,
      architecture,
      solution,
      incoming,
      ...decisive,
      parent,
      ref: { name: ref, expected: before },
      alsoPlain: options.rootfs !== undefined,
      metadata: {},
    },
    clock,
    run,
  );
  if (options.rootfs) await clock.time('copy', () => copyTree(repo, built.plain!, resolve(options.rootfs!)));
  await space.publish(ref);
  return {
    ...result,
    commit: built.commit,
    unchanged: built.commit === before,
    scripts: scriptRunsOf(built.scripts),
    stats: clock.stats(),
  };
}
