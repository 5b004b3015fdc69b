import { chmod, chown, lchown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../native/types.ts';
import { ancestorsOf, comparePaths } from './path.ts';
import type { Tree } from './tree.ts';
import { folderOf, type LayerFolder, layerNode } from './tree-node.ts';

/** Makes what is there at these paths real in a layer folder; `link` makes directories, hardlinks and whiteouts. */
export async function writeLayerFolder(
  tree: Tree,
  folder: LayerFolder,
  paths: Iterable<string>,
  link: (changes: Change[]) => Promise<void>,
): Promise<void> {
  const wanted = new Set<string>();
  for (const path of paths) {
    if (tree.changed(path) === undefined) continue;
    for (const dir of ancestorsOf(path)) wanted.add(dir);
    wanted.add(path);
  }
  const links: Change[] = [];
  const late: string[] = [];
  for (const path of [...wanted].sort(comparePaths)) {
    if (path === '/') continue;
    const node = await tree.node(path);
    if (node === null) links.push({ op: 'remove', path });
    else if (node.meta.type === 'dir') {
      const { mode, uid, gid } = node.meta;
      // A removal before it makes the directory opaque: nothing of lower layers shows through.
      if (node.fresh) links.push({ op: 'remove', path });
      links.push({
        op: 'dir',
        path,
        mode,
        uid,
        gid,
        ...(node.layer ? { from: join(folderOf(node.layer), path) } : {}),
      });
    } else if (node.meta.checksum) links.push({ op: 'object', path, checksum: node.meta.checksum });
    else if (node.layer) links.push({ op: 'file', path, from: node.meta.from });
    else late.push(path);
  }
  await link(links);
  for (const path of late) await writePending(tree, folder, path);
}

async function writePending(tree: Tree, folder: LayerFolder, path: string): Promise<void> {
  const node = (await tree.node(path))!;
  const file = join(folder.dir, path);
  if (node.meta.type === 'symlink') {
    await symlink(node.meta.target, file);
    await lchown(file, node.meta.uid, node.meta.gid);
  } else if (node.meta.type === 'file') {
    await writeFile(file, node.data ?? '', { flag: 'wx', mode: 0o600 });
    await chown(file, node.meta.uid, node.meta.gid);
    await chmod(file, node.meta.mode);
  }
  tree.set(path, layerNode(path, folder, { ...node.meta }));
}

/** An empty folder that stands for the root of a layer. */
export async function makeLayerFolder(dir: string): Promise<LayerFolder> {
  await mkdir(dir, { mode: 0o755 });
  await chmod(dir, 0o755);
  return { dir, moved: null };
}
