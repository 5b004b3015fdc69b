import { AptOstreeError } from '../errors/error.ts';
import type { DeploymentState, SysrootState } from '../native/sysroot.ts';

/**
 * The OS to work on: the named one, the booted one, or the only one.
 * @throws ERR_NO_DEPLOYMENT when there is none or several.
 */
export function chooseOs(state: SysrootState, name: string | undefined): string {
  if (name !== undefined) return name;
  const booted = state.deployments.find((deployment) => deployment.booted);
  if (booted) return booted.osname;
  const names = [...new Set(state.deployments.map(({ osname }) => osname))];
  if (names.length === 1) return names[0]!;
  const message =
    names.length === 0
      ? 'the sysroot has no deployment'
      : `the sysroot has several OSes: ${names.join(', ')}`;
  throw new AptOstreeError('ERR_NO_DEPLOYMENT', message, { hint: 'name the OS with --os=NAME' });
}

/**
 * The deployment that the next one starts from: the one that boots next.
 * @throws ERR_NO_DEPLOYMENT
 */
export function currentDeployment(state: SysrootState, osname: string): DeploymentState {
  const found = state.deployments.find((deployment) => deployment.osname === osname);
  if (found) return found;
  throw new AptOstreeError('ERR_NO_DEPLOYMENT', `the OS ${osname} has no deployment`, {
    hint: `make the first one: apt-ostree deploy REF --os=${osname}`,
  });
}

/** Of the deployments of an OS the one whose /etc is in use: one that is staged has none yet. */
export function runningDeployment(state: SysrootState, current: DeploymentState): DeploymentState {
  return state.deployments.find((d) => d.booted && d.osname === current.osname) ?? current;
}

/**
 * Boot order after a rollback: what is booted comes first again while something newer waits, else the deployment
 * after the first one does.
 * @throws ERR_NO_DEPLOYMENT when there is nothing to go back to.
 */
export function rollbackOrder(state: SysrootState, osname: string): string[] {
  const own = state.deployments.filter((deployment) => deployment.osname === osname);
  const booted = own.findIndex((deployment) => deployment.booted);
  const target = own[booted > 0 ? booted : 1];
  if (target === undefined)
    throw new AptOstreeError('ERR_NO_DEPLOYMENT', `the OS ${osname} has no deployment to roll back to`);
  return [target, ...state.deployments.filter((deployment) => deployment !== target)].map(({ id }) => id);
}

export interface CleanupChoice {
  /** What waits to be booted. */
  pending?: boolean | undefined;
  /** What was booted before. */
  rollback?: boolean | undefined;
}

/** Boot order without the deployments that a clean-up drops; pinned and booted ones stay. */
export function cleanupOrder(state: SysrootState, osname: string, choice: CleanupChoice): string[] {
  const own = state.deployments.filter((deployment) => deployment.osname === osname);
  // Nothing is booted in a sysroot that is only a folder: its first deployment is what counts.
  const booted = Math.max(
    own.findIndex((deployment) => deployment.booted),
    0,
  );
  const dropped = own.filter((deployment, i) => {
    if (deployment.pinned || i === booted) return false;
    return i < booted ? choice.pending === true : choice.rollback === true;
  });
  return state.deployments.filter((deployment) => !dropped.includes(deployment)).map(({ id }) => id);
}
