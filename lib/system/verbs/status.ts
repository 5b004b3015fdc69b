import { resolve } from 'node:path';
import { reportDeployments } from '../../deployment/status.ts';
import { AptOstreeError } from '../../errors/error.ts';
import type { RunOptions } from '../../monitor/monitor.ts';
import { openRepo } from '../../native/repo.ts';
import { readSysroot } from '../../native/sysroot.ts';
import { hostOptions } from '../host.ts';
import type { StatusOptions, SystemOptions } from '../requests.ts';
import type { StatusResult } from '../results.ts';

/** `status`: what the host was asked to be, beside what is in effect. */
export async function status(
  system: SystemOptions,
  options: StatusOptions,
  run: RunOptions,
): Promise<StatusResult> {
  const state = await readSysroot(resolve(system.sysroot ?? '/'), { signal: run.signal });
  await using repo = await openRepo(hostOptions(system).repo!);
  const all = await reportDeployments(state, async (checksum) => {
    try {
      return await repo.readCommit(checksum);
    } catch (error) {
      if (AptOstreeError.is(error) && error.code === 'ERR_OSTREE_NOT_FOUND') return null;
      throw error;
    }
  });
  const wanted = all.filter(
    (d) => (system.os === undefined || d.osname === system.os) && (!options.booted || d.booted),
  );
  return { deployments: wanted, transaction: null };
}
