import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { commitReader } from '../layout/commit-reader.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Repo } from '../native/repo.ts';
import { deployTree, initOs, type SysrootOptions } from '../native/sysroot.ts';
import { keepBase, releaseBases } from './base-refs.ts';
import { checkBootable } from './checks.ts';
import { formatOrigin, type Origin } from './origin.ts';

export interface DeployCommitRequest {
  /** Root of the sysroot. */
  sysroot: string;
  /** The sysroot's own repository, open. */
  repo: Repo;
  /** Made when missing. */
  osname: string;
  /** Checksum of a commit in `repo`. */
  commit: string;
  origin: Origin;
  /** Kernel arguments, in full; null takes those of the merge deployment. */
  kargs: string[] | null;
  /** Id of the deployment whose /etc is merged; null: the one that boots next. */
  merge: string | null;
  /** On a booted host the deployment takes effect at shutdown. */
  stage: boolean;
}

export interface DeployOptions extends SysrootOptions {
  monitor?: Monitor | undefined;
}

/**
 * Makes a commit the deployment that boots next, after checks that find what would not boot.
 * Killed at any moment, the host boots the old deployment or the new one.
 * @returns the id of the new deployment.
 * @throws ERR_NO_KERNEL, ERR_AUDIT, ERR_LOCKED, ERR_DEPLOY
 */
export async function deployCommit(request: DeployCommitRequest, options?: DeployOptions): Promise<string> {
  const { sysroot, repo, osname, commit, origin, kargs, merge, stage } = request;
  const odd = await checkBootable(commitReader(repo, commit, { signal: options?.signal }));
  for (const text of odd) options?.monitor?.warning(text);
  if (!(await osExists(sysroot, osname))) await initOs(sysroot, osname, options);
  const text = formatOrigin(origin);
  await keepBase(repo, commit);
  const id = await deployTree(
    sysroot,
    { osname, commit, origin: text, kargs, merge, stage, retain: false },
    options,
  );
  await releaseBases(repo, sysroot);
  return id;
}

export function repoPath(sysroot: string): string {
  return join(sysroot, 'ostree', 'repo');
}

function osExists(sysroot: string, osname: string): Promise<boolean> {
  return access(join(sysroot, 'ostree', 'deploy', osname)).then(
    () => true,
    () => false,
  );
}
