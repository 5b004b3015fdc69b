import type { LayerChange, LayerStack, TreeView } from '../assembly/types.ts';
import type { AptOstreeError } from '../errors/error.ts';
import { type BuildOptions, buildImage, missingTool, ORIGIN, readImage } from './initramfs-build.ts';
import type { InitramfsCache } from './initramfs-cache.ts';
import { controlDigest, inputPaths, inputsDigest } from './initramfs-inputs.ts';
import { formatInitramfsRecord, imagePath, parseInitramfsRecord, recordPath } from './initramfs-record.ts';
import { bootKernel } from './kernel.ts';

export interface InitramfsOptions extends BuildOptions {
  cache?: InitramfsCache | undefined;
  /** A tree without the tools to build one is no error. */
  optional?: boolean | undefined;
}

export interface InitramfsResult {
  kernel: string;
  /**
   * `kept`: the one in the tree still holds; `cached`: made before for another tree; `built`: now; `missing`: the
   * tree has none, and no tools.
   */
  how: 'kept' | 'cached' | 'built' | 'missing';
  /** What stands in the way of a missing one. */
  reason?: AptOstreeError;
}

/**
 * Sees to it that the tree has an initramfs for its kernel, made from what the tree holds now. Builds at most once,
 * and not at all while nothing that goes into the image has changed. To be called on the plain tree, when every
 * package is configured.
 * @throws ERR_NO_KERNEL, ERR_INITRAMFS
 */
export async function ensureInitramfs(
  stack: LayerStack,
  options: InitramfsOptions,
): Promise<InitramfsResult> {
  const { tree } = stack;
  const kernel = await bootKernel(tree);
  stack.push(ORIGIN, await leftovers(tree, kernel));
  const control = await controlDigest(tree, kernel);
  if (await holds(tree, kernel, control)) return { kernel, how: 'kept' };
  const known = await options.cache?.find(control);
  if (known && (await inputsDigest(tree, known.record)) === known.record.inputs) {
    stack.push(ORIGIN, [
      { op: 'node', path: imagePath(kernel), node: known.image },
      { op: 'node', path: recordPath(kernel), node: known.recordFile },
    ]);
    return { kernel, how: 'cached' };
  }
  const reason = await missingTool(tree);
  if (reason && options.optional) return { kernel, how: 'missing', reason };
  if (reason) throw reason;
  await buildImage(stack, kernel, options);
  const content = await readImage(stack, kernel, options);
  const copied = { ...content, paths: await inputPaths(tree, content.paths, kernel) };
  const inputs = await inputsDigest(tree, copied);
  const data = formatInitramfsRecord({ format: 1, kernel, control, inputs, ...copied });
  stack.push(ORIGIN, [{ op: 'write', path: recordPath(kernel), mode: 0o644, uid: 0, gid: 0, data }]);
  return { kernel, how: 'built' };
}

/** Images of kernels that are gone. */
async function leftovers(tree: TreeView, kernel: string): Promise<LayerChange[]> {
  const out: LayerChange[] = [];
  for (const { path, node } of await tree.list('/usr/lib/modules', 1)) {
    if (node.type !== 'dir' || path === `/usr/lib/modules/${kernel}`) continue;
    const names = (await tree.list(path, 1)).map((entry) => entry.path);
    const ours = names.filter(
      (name) => name === `${path}/initramfs.img` || name === `${path}/initramfs.json`,
    );
    if (ours.length > 0 && ours.length === names.length) out.push({ op: 'remove', path });
    else for (const name of ours) out.push({ op: 'remove', path: name });
  }
  return out;
}

async function holds(tree: TreeView, kernel: string, control: string): Promise<boolean> {
  if ((await tree.lookup(imagePath(kernel)))?.type !== 'file') return false;
  const data = await tree.read(recordPath(kernel));
  const record = data && parseInitramfsRecord(data);
  return record?.control === control && record.inputs === (await inputsDigest(tree, record));
}
