import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { deployCommit } from '../../deployment/deploy.ts';
import { emptyOrigin, formatOrigin } from '../../deployment/origin.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { startTask } from '../../monitor/task.ts';
import { removeTree } from '../../native/remove-tree.ts';
import { openRepo, type Repo } from '../../native/repo.ts';
import { initSysroot, readSysroot } from '../../native/sysroot.ts';
import { hostOptions } from '../host.ts';
import type { DeployOptions, SystemOptions } from '../requests.ts';
import type { HostResult } from '../results.ts';
import { startClock } from '../stage-clock.ts';
import { openWorkspace } from '../workspace.ts';

/** Name of the OS where nobody names one. */
const DEFAULT_OS = 'debian';

/**
 * `deploy REV`: a commit becomes the deployment that boots next. With another `repo` than the sysroot's, the ref is
 * pulled from there first. Makes the sysroot and its first deployment where there is none.
 */
export async function deploy(
  system: SystemOptions,
  options: DeployOptions,
  run: RunOptions,
): Promise<HostResult> {
  const sysroot = resolve(system.sysroot ?? '/');
  if (await exists(hostOptions(system).repo!)) return deployInto(sysroot, system, options, run);
  if (options.dryRun) throw new AptOstreeError('ERR_NO_DEPLOYMENT', `${sysroot} is not a sysroot yet`);
  if (await isRunningRoot(sysroot))
    throw new AptOstreeError('ERR_NO_DEPLOYMENT', 'this machine is not an OSTree host', {
      hint: 'name a folder with --sysroot=DIR; it becomes a sysroot',
    });
  const missing: string[] = [];
  for (const name of SYSROOT_PARTS) if (!(await exists(join(sysroot, name)))) missing.push(name);
  await initSysroot(sysroot);
  try {
    return await deployInto(sysroot, system, options, run);
  } catch (error) {
    // A folder that could not become a host is left as it was found.
    for (const name of missing) await removeTree(join(sysroot, name));
    throw error;
  }
}

/** What `initSysroot` makes in a folder. */
const SYSROOT_PARTS = ['boot', 'dev', 'home', 'ostree', 'proc', 'root', 'run', 'sys', 'tmp'];

/** Whether a path is the root of this machine under any name: a link, a bind mount, /proc/self/root. */
async function isRunningRoot(path: string): Promise<boolean> {
  if (!(await exists(path))) return false;
  const [root, named] = await Promise.all([stat('/'), stat(path)]);
  return root.dev === named.dev && root.ino === named.ino;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // Only what is surely missing may be made, and removed again.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function deployInto(
  sysroot: string,
  system: SystemOptions,
  options: DeployOptions,
  run: RunOptions,
): Promise<HostResult> {
  const clock = startClock();
  const host = hostOptions(system);
  await using space = await openWorkspace(host.repo!, host, run);
  const { repo } = space;
  const commit = await clock.time('pull', () => bring(repo, system, options.rev));
  const state = await readSysroot(sysroot);
  const osname = system.os ?? state.deployments[0]?.osname ?? DEFAULT_OS;
  const current = state.deployments.find((d) => d.osname === osname);
  const origin = emptyOrigin(options.rev);
  const unchanged =
    current?.checksum === commit && current.origin === formatOrigin(origin) && !options.kargs?.length;
  const result = { ref: options.rev, commit, base: null, packages: [], scripts: [] };
  if (unchanged || options.dryRun)
    return { ...result, unchanged, stats: clock.stats(), deployment: current?.id ?? null, staged: false };
  const task = startTask(run.monitor, 'deploy', '');
  try {
    const kargs = options.kargs?.length
      ? [...(current?.kargs ?? []), ...options.kargs]
      : current
        ? null
        : ['rw'];
    const id = await clock.time('deploy', () =>
      deployCommit(
        { sysroot, repo, osname, commit, origin, kargs, merge: current?.id ?? null, stage: state.booted },
        { wait: system.wait, signal: run.signal, monitor: run.monitor },
      ),
    );
    return { ...result, unchanged: false, stats: clock.stats(), deployment: id, staged: state.booted };
  } finally {
    task.end();
  }
}

/** The commit of a rev in the sysroot's repository, pulled from the one that was named where that is another. */
async function bring(repo: Repo, system: SystemOptions, rev: string): Promise<string> {
  if (system.repo && resolve(system.repo) !== repo.path) {
    await using source = await openRepo(resolve(system.repo));
    const commit = await source.resolveRev(rev);
    if (commit !== null) {
      if ((await repo.resolveRev(rev)) !== commit) await repo.pullLocal(source.path, [rev]);
      return commit;
    }
  }
  const commit = await repo.resolveRev(rev);
  if (commit === null)
    throw new AptOstreeError(
      'ERR_OSTREE_NOT_FOUND',
      `no ref or commit ${rev} in ${system.repo ?? repo.path}`,
      {
        hint: 'name a ref of the repository; --repo=DIR pulls it from another one',
      },
    );
  return commit;
}
