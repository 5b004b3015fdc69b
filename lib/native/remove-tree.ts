import { type CallOptions, callNative } from './call.ts';
import { ostreeBinding } from './ostree.ts';

/**
 * Deletes a folder with all below it, or a file; nothing need be there. Links are not followed.
 * @throws ERR_UNSAFE_PATH (a path that is not absolute and canonical, or one directly below the root, such as
 * /tmp; something is mounted below, which is left as it is)
 */
export function removeTree(path: string, options?: CallOptions): Promise<void> {
  const binding = ostreeBinding();
  return callNative(binding, options, (call) => binding.removeTree(path, call));
}
