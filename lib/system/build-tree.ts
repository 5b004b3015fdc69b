import { hardlinkGroups } from '../assembly/hardlinks.ts';
import type { Incoming } from '../assembly/incoming.ts';
import { bootstrap, layerPackages } from '../assembly/package-layering-manager.ts';
import type { Treefile } from '../compose/treefile.ts';
import type { Repo } from '../native/repo.ts';
import { formatSkipped } from '../scripts/skipped.ts';
import type { ScriptResult } from '../scripts/types.ts';
import { type AccountKeeper, openAccountKeeper } from './account-keeper.ts';
import { auditDatabase, epochOf, type FilesystemAssembler, openAssembler } from './assemble.ts';
import type { ComposePlan } from './compose-plan.ts';
import { commitStack } from './finish.ts';
import { finishTree } from './finish-tree.ts';
import { INPUTS_KEY } from './inputs.ts';
import { addInitramfs, rememberInitramfs } from './kernel-step.ts';
import { pathFilter } from './path-filter.ts';
import type { ScriptOptions } from './requests.ts';
import { failurePolicy, inputsOf } from './script-policy.ts';
import type { StageClock } from './stage-clock.ts';
import { applyTreefile } from './treefile-steps.ts';
import type { TransactionRun } from './types.ts';

export interface BuildRequest {
  repo: Repo;
  work: string;
  treefile: Treefile;
  plan: ComposePlan;
  incoming: Map<string, Incoming>;
  /** False commits the plain Debian tree. */
  ostree: boolean;
  /** Digest of all but the scripts that may be skipped. */
  inputs: string;
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
    },
    run,
  );
  const { context, stack, live, scripts } = assembler;
  const accounts = await clock.time('assemble', async () => {
    if (plan.bootstrap) {
      const order = plan.bootstrap.operations.filter((op) => op.kind === 'unpack');
      await bootstrap(
        context,
        order.map((op) => `${op.name}:${op.architecture}`),
        incoming,
      );
    }
    const keeper = await keepAccounts(assembler, request);
    await layerPackages(context, plan.rest.operations, incoming);
    await keeper?.check();
    auditDatabase(live);
    await applyTreefile(assembler, treefile, run);
    await finishTree(assembler, plan.rest.auto);
    return keeper;
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
        [INPUTS_KEY]: inputsOf(request, scripts.results),
      },
      record: assembler.record,
      hardlinks,
    }),
  );
  clock.wrote(stats);
  await rememberInitramfs(repo, commit, initramfs);
  await accounts?.save();
  await assembler.done();
  return { commit, scripts: scripts.results };
}

/** Locked accounts must be there before the first script that could give them another number. */
async function keepAccounts(
  assembler: FilesystemAssembler,
  { treefile, plan }: BuildRequest,
): Promise<AccountKeeper | null> {
  if (!treefile.preserveAccounts) return null;
  const names = new Set(plan.packages.map((p) => p.name));
  const keeper = await openAccountKeeper(assembler.stack, treefile.preserveAccounts, names);
  assembler.keepAccounts(keeper);
  return keeper;
}

function strings(values: Treefile['addCommitMetadata']): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(values).map(([k, v]) => [k, typeof v === 'number' ? String(v) : v]),
  );
}
