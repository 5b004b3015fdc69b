import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseSource } from './base-reader.ts';
import { ancestorsOf, joinPath } from './path.ts';
import type { FileMetadata } from './types.ts';

/** An ordinary root in a folder as the base of a stack: it is only read, and must not change meanwhile. */
export function folderBase(root: string): { source: BaseSource; lowers: string[] } {
  const lookup = async (path: string): Promise<FileMetadata | null> => {
    // A link among the parents would lead out of the root.
    for (const dir of ancestorsOf(path)) if (!(await statOf(join(root, dir)))?.isDirectory()) return null;
    return metadataOf(join(root, path));
  };
  const list = async (dir: string, depth: number): Promise<{ path: string; node: FileMetadata }[]> => {
    const out: { path: string; node: FileMetadata }[] = [];
    for (const name of await readdir(join(root, dir))) {
      const path = joinPath(dir, name);
      const node = await metadataOf(join(root, path));
      if (node) out.push({ path, node });
      if (node?.type === 'dir' && depth !== 1) out.push(...(await list(path, depth - 1)));
    }
    return out;
  };
  const source: BaseSource = {
    place: (plain) => plain,
    mounts: [],
    lookup: (places) => Promise.all(places.map(lookup)),
    list: async (place, depth) => ((await lookup(place))?.type === 'dir' ? list(place, depth) : []),
  };
  return { source, lowers: [root] };
}

async function statOf(path: string) {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
}

/** Null for what no commit can hold, too. */
async function metadataOf(path: string): Promise<FileMetadata | null> {
  const stat = await statOf(path);
  if (stat === null) return null;
  const { uid, gid, size } = stat;
  const mode = stat.mode & 0o7777;
  if (stat.isDirectory()) return { type: 'dir', mode, uid, gid };
  if (stat.isSymbolicLink())
    return { type: 'symlink', uid, gid, target: await readlink(path), checksum: '', from: path };
  return stat.isFile() ? { type: 'file', mode, uid, gid, size, checksum: '', from: path } : null;
}
