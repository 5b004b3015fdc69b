import {
  lockedVersions,
  lockPackages,
  readLockfile,
  verifyLock,
  writeLockfile,
} from '../../compose/lockfile.ts';
import type { Treefile } from '../../compose/treefile.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import type { StageClock } from '../stage-clock.ts';
import type { Workspace } from '../workspace.ts';
import { type PlanTools, planCompose } from './compose-plan.ts';

export interface LockfileOptions {
  lockfile?: string | undefined;
  writeLockfile?: string | undefined;
}

/** Plans a treefile, within its lockfile where there is one, and writes the versions that were taken. */
export async function prepareCompose(
  { aptDir, work }: Workspace,
  treefile: Treefile,
  options: LockfileOptions,
  { clock, run }: { clock: StageClock; run: RunOptions },
): Promise<PlanTools> {
  const locked = options.lockfile ? await readLockfile(options.lockfile) : null;
  const tools = await clock.time('resolve', () =>
    planCompose(treefile, { aptDir, work: work.dir }, locked && lockedVersions(locked), run),
  );
  try {
    const { packages } = tools.plan;
    if (locked) verifyLock(locked, packages, options.lockfile!);
    if (options.writeLockfile) await writeLockfile(options.writeLockfile, lockPackages(packages));
    return tools;
  } catch (error) {
    await tools[Symbol.asyncDispose]();
    throw error;
  }
}
