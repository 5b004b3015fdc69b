import { type CallOptions, callNative, type NativeCall } from './call.ts';
import { type OstreeBinding, ostreeBinding } from './ostree.ts';

/** One deployment as libostree has it. */
export interface DeploymentState {
  /** `<osname>-<checksum>.<serial>`, unique within a sysroot. */
  id: string;
  index: number;
  osname: string;
  checksum: string;
  serial: number;
  booted: boolean;
  staged: boolean;
  pinned: boolean;
  unlocked: 'none' | 'development' | 'hotfix' | 'transient';
  /** Folder of the deployment, relative to the sysroot. */
  path: string;
  /** Text of the origin keyfile; "" without one. */
  origin: string;
  kargs: string[];
  title: string;
}

export interface SysrootState {
  booted: boolean;
  /** The one that boots next first. */
  deployments: DeploymentState[];
}

export interface DeployTreeRequest {
  osname: string;
  /** A commit of the sysroot's repository. */
  commit: string;
  /** Text of the origin keyfile. */
  origin: string;
  /** Null: those of the merge deployment. */
  kargs: string[] | null;
  /** Id of the deployment whose /etc is merged; null: libostree's choice. */
  merge: string | null;
  /** On a booted sysroot, take effect at shutdown; elsewhere it means nothing. */
  stage: boolean;
  /** Keep the deployments that libostree would drop: all but the booted, pinned and merge one. */
  retain: boolean;
}

/** Options of everything that changes a sysroot. */
export interface SysrootOptions extends CallOptions {
  /** Seconds to wait for another process that changes it; 0 (the default) fails at once, Infinity waits. */
  wait?: number | undefined;
}

interface SysrootBinding extends OstreeBinding {
  sysrootInit(path: string, call: NativeCall): Promise<void>;
  sysrootInitOs(path: string, osname: string, wait: number, call: NativeCall): Promise<void>;
  sysrootStatus(path: string, call: NativeCall): Promise<SysrootState>;
  sysrootDeploy(path: string, request: DeployTreeRequest, wait: number, call: NativeCall): Promise<string>;
  sysrootSetOrder(path: string, ids: string[], wait: number, call: NativeCall): Promise<void>;
  sysrootSetPinned(path: string, id: string, pinned: boolean, wait: number, call: NativeCall): Promise<void>;
  sysrootSetOrigin(path: string, id: string, origin: string, wait: number, call: NativeCall): Promise<void>;
  sysrootCleanup(path: string, wait: number, call: NativeCall): Promise<number>;
}

function native<T>(
  options: SysrootOptions | undefined,
  run: (binding: SysrootBinding, wait: number, call: NativeCall) => Promise<T>,
): Promise<T> {
  const binding = ostreeBinding() as SysrootBinding;
  return callNative(binding, options, (call) => run(binding, options?.wait ?? 0, call));
}

/** Makes a folder a sysroot with an empty repository; does nothing where it is one. */
export function initSysroot(path: string, options?: CallOptions): Promise<void> {
  return native(options, (b, _wait, call) => b.sysrootInit(path, call));
}

/** @throws ERR_OSTREE when the OS is there already. */
export function initOs(path: string, osname: string, options?: SysrootOptions): Promise<void> {
  return native(options, (b, wait, call) => b.sysrootInitOs(path, osname, wait, call));
}

/** @throws ERR_OSTREE_NOT_FOUND where no sysroot is. */
export function readSysroot(path: string, options?: CallOptions): Promise<SysrootState> {
  return native(options, (b, _wait, call) => b.sysrootStatus(path, call));
}

/**
 * Checks a commit out as a deployment, merges /etc and makes it the one that boots next.
 * @returns the id of the new deployment.
 * @throws ERR_DEPLOY, ERR_LOCKED, ERR_NO_DEPLOYMENT (`merge` does not exist)
 */
export function deployTree(
  path: string,
  request: DeployTreeRequest,
  options?: SysrootOptions,
): Promise<string> {
  return native(options, (b, wait, call) => b.sysrootDeploy(path, request, wait, call));
}

/**
 * Makes these deployments, in this order, the boot entries; the others are undeployed.
 * @throws ERR_NO_DEPLOYMENT, ERR_LOCKED, ERR_DEPLOY (the booted one is missing from the list)
 */
export function setDeploymentOrder(path: string, ids: string[], options?: SysrootOptions): Promise<void> {
  return native(options, (b, wait, call) => b.sysrootSetOrder(path, ids, wait, call));
}

export interface PinRequest {
  id: string;
  pinned: boolean;
}

/** @throws ERR_NO_DEPLOYMENT, ERR_LOCKED */
export function setPinned(path: string, request: PinRequest, options?: SysrootOptions): Promise<void> {
  return native(options, (b, wait, call) => b.sysrootSetPinned(path, request.id, request.pinned, wait, call));
}

export interface OriginRequest {
  id: string;
  /** Text of the keyfile. */
  origin: string;
}

/** @throws ERR_NO_DEPLOYMENT, ERR_LOCKED */
export function setOrigin(path: string, request: OriginRequest, options?: SysrootOptions): Promise<void> {
  return native(options, (b, wait, call) => b.sysrootSetOrigin(path, request.id, request.origin, wait, call));
}

/** Removes folders and objects that no deployment and no ref uses. @returns bytes that the repository lost. */
export function cleanupSysroot(path: string, options?: SysrootOptions): Promise<number> {
  return native(options, (b, wait, call) => b.sysrootCleanup(path, wait, call));
}
