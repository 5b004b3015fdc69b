import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { repoPath } from '../deployment/deploy.ts';
import { chooseOs, currentDeployment, runningDeployment } from '../deployment/order.ts';
import { emptyOrigin, type Origin, parseOrigin } from '../deployment/origin.ts';
import { type DeploymentState, readSysroot, type SysrootState } from '../native/sysroot.ts';
import type { SystemOptions } from './requests.ts';

/** The deployment that a change of a host starts from. */
export interface HostState {
  sysroot: string;
  osname: string;
  state: SysrootState;
  current: DeploymentState;
  origin: Origin;
}

/** @throws ERR_NO_DEPLOYMENT */
export async function readHost(system: SystemOptions): Promise<HostState> {
  const sysroot = resolve(system.sysroot ?? '/');
  const state = await readSysroot(sysroot);
  const osname = chooseOs(state, system.os);
  const current = currentDeployment(state, osname);
  const origin = current.origin.trim() === '' ? emptyOrigin(current.checksum) : parseOrigin(current.origin);
  return { sysroot, osname, state, current, origin };
}

/** A host's transactions work in the repository of its sysroot. */
export function hostOptions(system: SystemOptions): SystemOptions {
  return { ...system, repo: repoPath(resolve(system.sysroot ?? '/')) };
}

/** Folder of the deployment whose /etc is the host's. */
export function runningFolder({ sysroot, state, current }: HostState): string {
  return join(sysroot, runningDeployment(state, current).path);
}

/** Folder of a standing deployment of a commit: a checkout that need not be made; null where there is none. */
export async function deploymentOf({ sysroot, state }: HostState, commit: string): Promise<string | null> {
  const found = state.deployments.find((d) => d.checksum === commit && !d.staged);
  if (!found) return null;
  const dir = join(sysroot, found.path);
  return (await stat(dir).catch(() => null)) ? dir : null;
}
