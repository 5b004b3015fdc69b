import type { Base } from '../../assembly/base.ts';
import { readBase } from '../../assembly/base-reader.ts';
import { hardlinkGroups } from '../../assembly/hardlinks.ts';
import type { Incoming } from '../../assembly/incoming.ts';
import { layerPackages } from '../../assembly/package-layering-manager.ts';
import { Tree } from '../../assembly/tree.ts';
import { hostArchitecture } from '../../compose/architecture.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import type { Repo } from '../../native/repo.ts';
import type { AptHost } from '../../resolution/apt-host.ts';
import type { Repos, Solution } from '../../resolution/plan.ts';
import { DependencyResolver } from '../../resolution/resolver.ts';
import { formatSkipped, parseSkipped } from '../../scripts/skipped.ts';
import type { ScriptResult } from '../../scripts/types.ts';
import type { AccountRow } from '../accounts/rows.ts';
import { treeTarget } from '../plan/apt-target.ts';
import type { ScriptOptions } from '../requests.ts';
import type { StageClock } from '../stage-clock.ts';
import type { TransactionRun } from '../types.ts';
import { auditDatabase, epochOf, type FilesystemAssembler, openAssembler } from './assemble.ts';
import { inputsMetadata } from './current.ts';
import { commitStack } from './finish.ts';
import { finishTree } from './finish-tree.ts';
import { readHardlinks } from './hardlinks.ts';
import { addInitramfs, rememberInitramfs } from './kernel-step.ts';
import { failurePolicy } from './script-policy.ts';

export interface LayerSettings {
  aptDir: string;
  work: string;
  repos: Repos;
  recommends: boolean;
}

export interface LayerTools extends AsyncDisposable {
  solution: Solution;
  host: AptHost;
  architecture: string;
}

/** Solves a request on the packages of a base commit. */
export async function planLayer(
  repo: Repo,
  base: Pick<Base, 'source'>,
  request: { install: string[]; remove: string[] },
  settings: LayerSettings,
  run: RunOptions,
): Promise<LayerTools> {
  const tree = new Tree(readBase(base.source), repo);
  const architecture = await architectureOf(tree);
  const target = await treeTarget(tree, settings.work, { ...settings, architecture });
  const resolver = await DependencyResolver.open(target, run);
  try {
    const { solution } = await resolver.resolve({
      ...request,
      upgrade: false,
      essential: false,
      exclude: [],
      locked: null,
    });
    return { solution, host: resolver.host, architecture, [Symbol.asyncDispose]: () => resolver.close() };
  } catch (error) {
    await resolver.close();
    throw error;
  }
}

/** The native architecture of a tree. @throws ERR_DPKG_DATABASE for one without a dpkg database */
export async function architectureOf(tree: Tree): Promise<string> {
  const [arch, status] = await tree.readMany(['/var/lib/dpkg/arch', '/var/lib/dpkg/status']);
  if (!status)
    throw new AptOstreeError('ERR_DPKG_DATABASE', 'the base commit has no dpkg database', {
      hint: 'compose the base with `apt-ostree compose tree`',
    });
  const first = arch?.toString('utf8').split('\n')[0];
  if (first) return first;
  // A tree that never had a foreign architecture need not have the file: what most packages are is the native one.
  return (
    /^Package: dpkg\n(?:.+\n)*?Architecture: (\S+)$/m.exec(status.toString('utf8'))?.[1] ?? hostArchitecture()
  );
}

export interface LayerRequest {
  repo: Repo;
  work: string;
  base: Base;
  architecture: string;
  solution: Solution;
  incoming: Map<string, Incoming>;
  scripts: ScriptOptions | undefined;
  /** Digest of all but accounts and the scripts that may be skipped. */
  inputs: string;
  /** Accounts that keep their numbers: of the layer that is replaced, and of the base. */
  accounts: readonly AccountRow[];
  /** Accounts that a host has beside those of its image. */
  local?: readonly AccountRow[] | undefined;
  parent: string | null;
  ref: { name: string; expected: string | null } | null;
  /** Also commit the plain tree, for a copy of it. */
  alsoPlain: boolean;
  metadata: Record<string, string | boolean | string[]>;
}

/** A stack on the base, ready for the packages of a plan. */
export async function openLayerAssembler(
  request: Pick<
    LayerRequest,
    'repo' | 'work' | 'base' | 'architecture' | 'solution' | 'incoming' | 'scripts' | 'accounts' | 'local'
  >,
  run: TransactionRun,
): Promise<FilesystemAssembler> {
  const { repo, work, base, architecture, solution, incoming } = request;
  const { timestamp } = await repo.readCommit(base.commit);
  const epoch = epochOf(incoming.values(), timestamp);
  const steps = 2 * solution.install.length + solution.remove.length;
  const policy = failurePolicy(request.scripts, run);
  const { accounts, local } = request;
  const removed = solution.remove.map((p) => p.name);
  return openAssembler(
    { repo, work, base, architecture, epoch, steps, incoming, policy, accounts, local, removed },
    run,
  );
}

/** Packages on a base commit become a new commit. Nothing of the base is read, hashed or copied. */
export async function buildLayer(
  request: LayerRequest,
  clock: StageClock,
  run: TransactionRun,
): Promise<{ commit: string; plain: string | null; scripts: readonly ScriptResult[] }> {
  const { repo, work, base, solution, incoming } = request;
  await using assembler = await openLayerAssembler(request, run);
  const { context, stack, live, scripts, accounts } = assembler;
  await clock.time('assemble', async () => {
    await layerPackages(context, solution.operations, incoming);
    await accounts.finish();
    auditDatabase(live);
    await finishTree(assembler, solution.auto, run.monitor);
  });
  clock.add('scripts', assembler.scriptSeconds());
  clock.add('assemble', -assembler.scriptSeconds());
  const hardlinks = await hardlinkGroups(
    { tree: stack.tree, db: live.db },
    [...(await readHardlinks(repo, base.commit)), ...stack.hardlinks],
    incoming.values(),
  );
  const { epoch: timestamp, record } = assembler;
  const common = { repo, work, stack, base, timestamp, record, accounts: accounts.rows(), hardlinks };
  const subject = `layer: ${solution.install.length} packages added, ${solution.remove.length} removed`;
  const plain = request.alsoPlain
    ? await commitStack({ ...common, ostree: false, ref: null, parent: null, subject, metadata: {} })
    : null;
  const initramfs = await clock.time('initramfs', () =>
    addInitramfs(assembler, { repo, layering: true }, run),
  );
  const { commit, stats } = await clock.time('commit', async () =>
    commitStack({
      ...common,
      ostree: true,
      ref: request.ref,
      parent: request.parent,
      subject,
      metadata: {
        ...request.metadata,
        ...formatSkipped(scripts.results, parseSkipped(await repo.readCommit(base.commit))),
        'apt-ostree.base': base.commit,
        ...inputsMetadata(request, { scripts: scripts.results, accounts: accounts.rows() }),
      },
    }),
  );
  clock.wrote(stats);
  await rememberInitramfs(repo, commit, initramfs);
  await assembler.done();
  return { commit, plain: plain?.commit ?? null, scripts: scripts.results };
}
