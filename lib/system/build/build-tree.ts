import { hardlinkGroups } from '../../assembly/hardlinks.ts';
import type { Incoming } from '../../assembly/incoming.ts';
import { bootstrap, layerPackages } from '../../assembly/package-layering-manager.ts';
import type { Treefile } from '../../compose/treefile.ts';
import type { Repo } from '../../native/repo.ts';
import { formatSkipped } from '../../scripts/skipped.ts';
import type { ScriptResult } from '../../scripts/types.ts';
import { type AccountRow, writeAccountsLock } from '../accounts/rows.ts';
import type { ComposePlan } from '../plan/compose-plan.ts';
import type { ScriptOptions } from '../requests.ts';
import type { StageClock } from '../stage-clock.ts';
import type { TransactionRun } from '../types.ts';
import { auditDatabase, epochOf, openAssembler } from './assemble.ts';
import { inputsMetadata } from './current.ts';
import { commitStack } from './finish.ts';
import { finishTree } from './finish-tree.ts';
import { addInitramfs, rememberInitramfs } from './kernel-step.ts';
import { pathFilter } from './path-filter.ts';
import { failurePolicy } from './script-policy.ts';
import { applyTreefile } from './treefile-steps.ts';

export interface BuildRequest {
  repo: Repo;
  work: string;
  treefile: Treefile;
  plan: ComposePlan;
  incoming: Map<string, Incoming>;
  /** False commits the plain Debian tree. */
  ostree: boolean;
  /** Digest of all but accounts and the scripts that may be skipped. */
  inputs: string;
  /** Accounts that keep their numbers: of the treefile's lock, and of the commit before. */
  accounts: readonly AccountRow[];
  scripts: ScriptOptions | undefined;
  parent: string | null;
  ref: { name: string; expected: string | null } | null;
}

/** From imported packages to a commit: assemble, configure, the treefile's own steps, layout, fold. */
export async function buildTree(
  request: BuildRequest,
  clock: StageClock,
  run: TransactionRun,
): Promise<{ commit: string; scripts: readonly ScriptResult[] }> {
  const { repo, work, treefile, plan, incoming } = request;
  const epoch = epochOf(incoming.values());
  await using assembler = await openAssembler(
    {
      repo,
      work,
      base: null,
      architecture: treefile.architecture,
      epoch,
      wanted: pathFilter(treefile),
      steps: 2 * plan.packages.length,
      incoming,
      policy: failurePolicy(request.scripts, run),
      accounts: request.accounts,
    },
    run,
  );
  const { context, stack, live, scripts, accounts } = assembler;
  await clock.time('assemble', async () => {
    if (plan.bootstrap) {
      const order = plan.bootstrap.operations.filter((op) => op.kind === 'unpack');
      await bootstrap(
        context,
        order.map((op) => `${op.name}:${op.architecture}`),
        incoming,
      );
    }
    await layerPackages(context, plan.rest.operations, incoming);
    auditDatabase(live);
    await applyTreefile(assembler, treefile, run);
    await accounts.finish();
    await finishTree(assembler, plan.rest.auto, run.monitor);
  });
  clock.add('scripts', assembler.scriptSeconds());
  clock.add('assemble', -assembler.scriptSeconds());
  const withKernel = request.ostree && treefile.initramfs === 'dracut';
  const initramfs = withKernel
    ? await clock.time('initramfs', () => addInitramfs(assembler, { repo, layering: false }, run))
    : null;
  const hardlinks = await hardlinkGroups(
    { tree: stack.tree, db: live.db },
    stack.hardlinks,
    incoming.values(),
  );
  const { commit, stats } = await clock.time('commit', () =>
    commitStack({
      repo,
      work,
      stack,
      base: null,
      ostree: request.ostree,
      ref: request.ref,
      parent: request.parent,
      subject: `${treefile.ref ?? 'tree'}: ${plan.packages.length} packages`,
      timestamp: epoch,
      metadata: {
        ...strings(treefile.addCommitMetadata),
        ...formatSkipped(scripts.results),
        ...inputsMetadata(request, { scripts: scripts.results, accounts: accounts.rows() }),
      },
      record: assembler.record,
      accounts: accounts.rows(),
      hardlinks,
    }),
  );
  clock.wrote(stats);
  await rememberInitramfs(repo, commit, initramfs);
  await writeAccountsLock(treefile.preserveAccounts, accounts.rows());
  await assembler.done();
  return { commit, scripts: scripts.results };
}

function strings(values: Treefile['addCommitMetadata']): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(values).map(([k, v]) => [k, typeof v === 'number' ? String(v) : v]),
  );
}
