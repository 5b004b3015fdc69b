import { constants } from 'node:os';
import { AptOstreeError } from '../errors/error.ts';
import { type CallOptions, callNative } from './call.ts';
import { ostreeBinding } from './ostree.ts';
import type { SandboxOutcome, SandboxRequest, ScannedEntry } from './types.ts';

/**
 * Mounts the stack and runs one program in it as root, without network, host files or host processes. When it
 * settles, nothing is mounted and no process of the sandbox lives; the changes are in `upper`.
 * A program that fails, runs too long or cannot be executed (127) is an outcome, not an error.
 * /run, /tmp and /var/tmp are empty and their content is lost.
 *
 * @throws ERR_SANDBOX when the sandbox cannot be set up; `details.step` and `details.path` say where.
 * @throws ERR_NO_SPACE when the log cannot be written.
 */
export async function runSandbox(request: SandboxRequest, options?: CallOptions): Promise<SandboxOutcome> {
  check(request);
  const binding = ostreeBinding();
  try {
    return await callNative(binding, options, (call) => binding.runSandbox(request, call));
  } catch (error) {
    throw withHint(error);
  }
}

/**
 * Lists an overlay upper folder: the folder itself as "/", then all below it, parents first, names in byte order.
 *
 * @throws ERR_UNSAFE_PATH for a name that is not UTF-8.
 */
export async function scanLayer(dir: string, options?: CallOptions): Promise<ScannedEntry[]> {
  const binding = ostreeBinding();
  return callNative(binding, options, (call) => binding.scanLayer(dir, call));
}

/**
 * Merges a layer folder into the one directly below it by renames: `lower` then shows what both showed together,
 * whatever lies below, and `upper` is empty. Not undone when it fails or is cancelled: drop both layers then.
 */
export async function squash(upper: string, lower: string, options?: CallOptions): Promise<void> {
  const binding = ostreeBinding();
  return callNative(binding, options, (call) => binding.squash(upper, lower, call));
}

function withHint(error: unknown): unknown {
  if (!AptOstreeError.is(error) || error.code !== 'ERR_SANDBOX') return error;
  const { code, message, details } = error;
  const hint = hintOf(details as { step?: string; number?: number });
  return hint === undefined ? error : new AptOstreeError(code, message, { hint, details, cause: error });
}

/** What to do about a sandbox that cannot be set up, where the failed step tells it. */
function hintOf({ step, number }: { step?: string; number?: number }): string | undefined {
  if (step === 'exec') return 'install the package bubblewrap';
  if (number === constants.errno.EPERM)
    return 'root with CAP_SYS_ADMIN is needed; a container must be allowed to mount (--privileged)';
  if (step === 'mount overlay' && number === constants.errno.EINVAL)
    return 'the repository must lie on a file system that overlayfs can write to, such as ext4, xfs or btrfs';
  return undefined;
}

function check(request: SandboxRequest): void {
  const folders = [...request.lowers, request.upper, request.work, request.merged, request.log];
  for (const path of folders) {
    if (!path.startsWith('/')) throw new AptOstreeError('ERR_SANDBOX', `not an absolute path: ${path}`);
  }
  const texts = [
    ...folders,
    ...request.argv,
    ...Object.entries(request.env).flat(),
    ...(request.extra ?? []),
  ];
  if (texts.some((text) => text.includes('\0')))
    throw new AptOstreeError('ERR_SANDBOX', 'an argument of the sandbox holds a NUL byte');
  if (Object.keys(request.env).some((name) => name === '' || name.includes('=')))
    throw new AptOstreeError('ERR_SANDBOX', 'a variable of the sandbox has an impossible name');
  if (request.argv.length === 0) throw new AptOstreeError('ERR_SANDBOX', 'no program given');
  if (!(request.timeoutSeconds > 0))
    throw new AptOstreeError('ERR_SANDBOX', 'the time limit must be above 0 seconds');
}
