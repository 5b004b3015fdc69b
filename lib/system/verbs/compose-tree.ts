import { loadTreefile, type Treefile } from '../../compose/treefile.ts';
import { AptOstreeError } from '../../errors/error.ts';
import { mergeAccounts, readAccountsLock, readAccountsRecord, writeAccountsLock } from '../accounts/rows.ts';
import { buildTree } from '../build/build-tree.ts';
import { isCurrent } from '../build/current.ts';
import { inputsDigest } from '../build/inputs.ts';
import { checkScripts } from '../build/script-policy.ts';
import { composeInputs } from '../plan/compose-plan.ts';
import { gatherPackages } from '../plan/gather.ts';
import { prepareCompose } from '../plan/prepare-compose.ts';
import type { ComposeTreeOptions, SystemOptions } from '../requests.ts';
import type { ComposeResult } from '../results.ts';
import { startClock } from '../stage-clock.ts';
import type { TransactionRun } from '../types.ts';
import { openWorkspace, requireRepo } from '../workspace.ts';
import { actionsOf, scriptRunsOf } from './result-parts.ts';

/** `compose tree`: a treefile becomes a commit on its ref, or nothing changes. */
export async function composeTree(
  system: SystemOptions,
  options: ComposeTreeOptions,
  run: TransactionRun,
): Promise<ComposeResult> {
  const clock = startClock();
  checkScripts(options.scripts);
  const treefile = await loadTreefile(options.treefile);
  const ref = requireRef(treefile);
  const repoPath = requireRepo(system);
  await using space = await openWorkspace(repoPath, system, run);
  const { repo, work } = space;
  await using tools = await prepareCompose(space, treefile, options, { clock, run });
  const { plan, host } = tools;
  const packages = actionsOf(plan.packages);
  const before = await space.target.resolveRev(ref);
  const result = { ref, base: null, packages };
  if (options.dryRun) return { ...result, commit: null, unchanged: false, scripts: [], stats: clock.stats() };

  const inputs = await inputsDigest(null, treefile, composeInputs(plan));
  const parent =
    options.parent === undefined ? before : options.parent && (await space.target.resolveRev(options.parent));
  const accounts = mergeAccounts(
    await readAccountsLock(treefile.preserveAccounts),
    await readAccountsRecord(space.target, parent),
  );
  const decisive = { inputs, scripts: options.scripts, accounts };
  if (
    before &&
    !options.forceNocache &&
    isCurrent((await space.target.readCommit(before)).metadata, decisive)
  ) {
    await writeAccountsLock(treefile.preserveAccounts, accounts);
    return { ...result, commit: before, unchanged: true, scripts: [], stats: clock.stats() };
  }

  const incoming = await gatherPackages(repo, host, plan.packages, { clock, run });
  if (options.downloadOnly)
    return { ...result, commit: null, unchanged: false, scripts: [], stats: clock.stats() };

  const built = await buildTree(
    {
      repo,
      work: work.dir,
      treefile,
      plan,
      incoming,
      ostree: true,
      ...decisive,
      parent,
      ref: { name: ref, expected: await repo.resolveRev(ref) },
    },
    clock,
    run,
  );
  await space.publish(ref);
  return {
    ...result,
    commit: built.commit,
    unchanged: built.commit === before,
    scripts: scriptRunsOf(built.scripts),
    stats: clock.stats(),
  };
}

function requireRef(treefile: Treefile): string {
  if (treefile.ref) return treefile.ref;
  throw new AptOstreeError('ERR_TREEFILE', 'the treefile names no ref to commit to', {
    hint: 'add a line like `ref: debian/bookworm/amd64/server`',
  });
}
