import type { TreeView } from '../assembly/types.ts';
import { compareVersions } from '../dpkg/version.ts';
import { AptOstreeError } from '../errors/error.ts';

/**
 * Versions of the kernels of a plain tree, the newest first: those with both `/boot/vmlinuz-V` (or
 * `/usr/lib/modules/V/vmlinuz`) and a directory of modules.
 */
export async function findKernels(tree: TreeView): Promise<string[]> {
  if ((await tree.lookup('/usr/lib/modules'))?.type !== 'dir') return [];
  const modules = (await tree.list('/usr/lib/modules', 1)).filter(({ node }) => node.type === 'dir');
  const versions = modules.map(({ path }) => path.slice('/usr/lib/modules/'.length));
  const images = (version: string) => [`/boot/vmlinuz-${version}`, `/usr/lib/modules/${version}/vmlinuz`];
  await tree.prefetch(versions.flatMap(images));
  const found: string[] = [];
  for (const version of versions) {
    const nodes = await Promise.all(images(version).map((path) => tree.lookup(path)));
    if (nodes.some((node) => node?.type === 'file')) found.push(version);
  }
  return found.sort((a, b) => compareVersions(b, a));
}

/**
 * The kernel that the tree boots: its newest.
 * @throws ERR_NO_KERNEL
 */
export async function bootKernel(tree: TreeView): Promise<string> {
  const [newest] = await findKernels(tree);
  if (newest === undefined)
    throw new AptOstreeError('ERR_NO_KERNEL', 'the tree has no kernel with modules', {
      hint: 'add a kernel image package to the packages, or deploy another commit',
    });
  return newest;
}
