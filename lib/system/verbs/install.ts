import { openBase } from '../../assembly/base.ts';
import { deployCommit } from '../../deployment/deploy.ts';
import { formatLayerMetadata, parseLayerMetadata } from '../../deployment/layer-metadata.ts';
import { formatOrigin, isLayered, type Origin } from '../../deployment/origin.ts';
import { AptOstreeError } from '../../errors/error.ts';
import { startTask } from '../../monitor/task.ts';
import type { Repo } from '../../native/repo.ts';
import type { Solution } from '../../resolution/plan.ts';
import { localAccounts } from '../accounts/local.ts';
import { mergeAccounts, readAccountsRecord } from '../accounts/rows.ts';
import { isCurrent } from '../build/current.ts';
import { inputsDigest } from '../build/inputs.ts';
import { buildLayer, planLayer } from '../build/layer.ts';
import { changeSkips, checkScripts, withoutPackages } from '../build/script-policy.ts';
import { deploymentOf, type HostState, hostOptions, readHost, runningFolder } from '../host.ts';
import { gatherPackages } from '../plan/gather.ts';
import type { HostScriptOptions, InstallOptions, SystemOptions, UninstallOptions } from '../requests.ts';
import type { HostResult } from '../results.ts';
import { type StageClock, startClock } from '../stage-clock.ts';
import type { TransactionRun } from '../types.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import { actionsOf, scriptRunsOf } from './result-parts.ts';

/** `install`: packages are requested for a host; its base plus all requests becomes the next deployment. */
export async function install(
  system: SystemOptions,
  options: InstallOptions,
  run: TransactionRun,
): Promise<HostResult> {
  const { uninstall = [] } = options;
  return changeRequests(system, options, run, (origin) => {
    const packages = new Set(origin.packages);
    for (const name of uninstall) takeBack(packages, name);
    for (const name of options.install) {
      if (packages.has(name) && !options.idempotent)
        throw new AptOstreeError('ERR_USAGE', `${name} is requested already`, {
          hint: '--idempotent makes this no error',
        });
      packages.add(name);
    }
    const skipScripts = withoutPackages(origin.skipScripts, uninstall);
    return { ...origin, packages: [...packages].sort(), skipScripts };
  });
}

/** `uninstall`: requests are taken back; a package that only they brought in is simply not assembled any more. */
export async function uninstall(
  system: SystemOptions,
  options: UninstallOptions,
  run: TransactionRun,
): Promise<HostResult> {
  return changeRequests(system, options, run, (origin) => {
    const packages = new Set(options.all ? [] : origin.packages);
    if (!options.all) for (const name of options.packages) takeBack(packages, name);
    const skipScripts = options.all ? [] : withoutPackages(origin.skipScripts, options.packages);
    return { ...origin, packages: [...packages].sort(), skipScripts };
  });
}

function takeBack(packages: Set<string>, name: string): void {
  if (packages.delete(name)) return;
  throw new AptOstreeError('ERR_NOT_LAYERED', `${name} is not among the requested packages`, {
    hint: packages.size ? `requested are: ${[...packages].join(' ')}` : 'no packages are requested',
  });
}

async function changeRequests(
  system: SystemOptions,
  options: { dryRun?: boolean | undefined; scripts?: HostScriptOptions | undefined },
  run: TransactionRun,
  change: (origin: Origin) => Origin,
): Promise<HostResult> {
  const clock = startClock();
  checkScripts(options.scripts);
  await using space = await openWorkspace(hostOptions(system).repo!, system, run);
  const host = await readHost(system);
  const changed = change(host.origin);
  const skip = changeSkips(changed.skipScripts, options.scripts);
  const origin = { ...changed, skipScripts: skip };
  const baseCommit = await baseOf(space.repo, host);
  if (!isLayered(origin))
    return await finish(space, system, host, { origin, commit: baseCommit, base: null }, options, clock, run);

  const base = await openBase(space.repo, baseCommit, await deploymentOf(host, baseCommit));
  const request = { install: origin.packages, remove: origin.removals };
  const repos = system.repos ?? 'host';
  const settings = { aptDir: space.aptDir, work: space.work.dir, repos, recommends: true };
  await using tools = await clock.time('resolve', () => planLayer(space.repo, base, request, settings, run));
  const { solution } = tools;
  const packages = actionsOf(solution.install, solution.remove);
  const inputs = await inputsDigest(baseCommit, null, [solution]);
  const before = await space.repo.readCommit(host.current.checksum);
  const accounts = mergeAccounts(
    await readAccountsRecord(space.repo, before.checksum),
    await readAccountsRecord(space.repo, baseCommit),
  );
  const decisive = { inputs, scripts: { retry: options.scripts?.retry, skip }, accounts };
  if (isCurrent(before.metadata, decisive) && host.current.origin === formatOrigin(origin))
    return {
      ...parts(origin, host.current.checksum, baseCommit),
      packages,
      unchanged: true,
      stats: clock.stats(),
      deployment: host.current.id,
      staged: false,
    };
  if (options.dryRun)
    return {
      ...parts(origin, null, baseCommit),
      packages,
      unchanged: false,
      stats: clock.stats(),
      deployment: null,
      staged: false,
    };

  const incoming = await gatherPackages(space.repo, tools.host, solution.install, { clock, run });
  const { metadata } = await space.repo.readCommit(baseCommit);
  const version = typeof metadata.version === 'string' ? metadata.version : null;
  const built = await buildLayer(
    {
      repo: space.repo,
      work: space.work.dir,
      base,
      architecture: tools.architecture,
      solution,
      incoming,
      ...decisive,
      local: await localAccounts(runningFolder(host)),
      parent: baseCommit,
      ref: null,
      alsoPlain: false,
      metadata: formatLayerMetadata({ ...layerContent(solution), version }),
    },
    clock,
    run,
  );
  const result = await finish(
    space,
    system,
    host,
    { origin, commit: built.commit, base: baseCommit },
    options,
    clock,
    run,
  );
  return { ...result, packages, scripts: scriptRunsOf(built.scripts) };
}

/** The base that a host's requests are put on: its own commit, or the one under its layer. */
async function baseOf(repo: Repo, host: HostState): Promise<string> {
  const commit = await repo.readCommit(host.current.checksum);
  if (parseLayerMetadata(commit) === null) return commit.checksum;
  if (commit.parent && (await repo.resolveRev(commit.parent))) return commit.parent;
  throw new AptOstreeError(
    'ERR_OSTREE_NOT_FOUND',
    `the base commit ${commit.parent ?? ''} of the deployment is gone`,
    {
      hint: 'deploy the ref of the base again',
    },
  );
}

function layerContent(solution: Solution) {
  const name = (p: { name: string; version: string; architecture: string }) =>
    `${p.name}_${p.version}_${p.architecture}`;
  return {
    packages: solution.install
      .filter((p) => p.replaces === null)
      .map(name)
      .sort(),
    replaced: solution.install
      .filter((p) => p.replaces !== null)
      .map(name)
      .sort(),
    removed: solution.remove.map(name).sort(),
  };
}

interface Outcome {
  origin: Origin;
  commit: string;
  base: string | null;
}

async function finish(
  space: Workspace,
  system: SystemOptions,
  host: HostState,
  { origin, commit, base }: Outcome,
  options: { dryRun?: boolean | undefined },
  clock: StageClock,
  run: TransactionRun,
): Promise<HostResult> {
  const result = { ...parts(origin, commit, base), packages: [] };
  const unchanged = host.current.checksum === commit && host.current.origin === formatOrigin(origin);
  if (unchanged || options.dryRun)
    return {
      ...result,
      unchanged,
      stats: clock.stats(),
      deployment: unchanged ? host.current.id : null,
      staged: false,
    };
  const task = startTask(run.monitor, 'deploy', '');
  try {
    const { sysroot, osname } = host;
    const request = {
      sysroot,
      repo: space.repo,
      osname,
      commit,
      origin,
      kargs: null,
      merge: host.current.id,
      stage: host.state.booted,
    };
    const id = await clock.time('deploy', () =>
      deployCommit(request, { wait: system.wait, signal: run.signal, monitor: run.monitor }),
    );
    return { ...result, unchanged: false, stats: clock.stats(), deployment: id, staged: host.state.booted };
  } finally {
    task.end();
  }
}

function parts(origin: Origin, commit: string | null, base: string | null) {
  return { ref: origin.refspec, commit, base, scripts: [] };
}
