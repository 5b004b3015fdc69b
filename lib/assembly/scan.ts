import { AptOstreeError } from '../errors/error.ts';
import type { ScannedEntry } from '../native/types.ts';
import { comparePaths, isBelow } from './path.ts';
import type { Tree } from './tree.ts';
import { type LayerFolder, layerNode, type TreeNode } from './tree-node.ts';
import type { FileMetadata, PathChange } from './types.ts';

/**
 * Takes what a run left in its upper folder into the tree, and tells how each path differs from before.
 * Directories and files that were only copied up are no changes.
 * @throws ERR_UNSAFE_PATH for what no commit can hold (devices, sockets, fifos).
 */
export async function absorbScan(
  tree: Tree,
  layer: LayerFolder,
  entries: ScannedEntry[],
): Promise<PathChange[]> {
  const changes: PathChange[] = [];
  await tree.prefetch(entries.map((e) => e.path));
  const sorted = [...entries].sort((a, b) => comparePaths(a.path, b.path));
  for (const entry of sorted) {
    const before = await tree.node(entry.path);
    if (entry.type === 'other')
      throw new AptOstreeError(
        'ERR_UNSAFE_PATH',
        `${entry.path} is a device, fifo or socket: no commit can hold it`,
      );
    if (entry.type === 'whiteout') {
      if (before === null) continue;
      await removeAll(tree, entry.path, changes);
      tree.set(entry.path, null);
      continue;
    }
    const node = toNode(entry, layer);
    if (entry.type === 'dir') {
      if (before?.meta.type === 'dir' && entry.opaque) await removeLeft(tree, entry.path, sorted, changes);
      const same = before?.meta.type === 'dir' && sameOwner(before, node) && entry.xattrs.length === 0;
      if (same && !entry.opaque) continue;
      if (!same)
        changes.push(
          toChange(
            entry,
            before === null ? 'added' : before.meta.type === 'dir' ? 'metadata' : 'modified',
            before,
          ),
        );
      tree.set(entry.path, entry.opaque && before?.meta.type === 'dir' ? { ...node, fresh: true } : node);
      continue;
    }
    const kind = before === null ? 'added' : await kindOf(tree, before, node, entry);
    if (kind === null) {
      // Written anew with the same content; of a layer's file the extended attributes may be others.
      if (before?.layer) tree.set(entry.path, node);
      continue;
    }
    changes.push(toChange(entry, kind, before));
    tree.set(entry.path, node);
  }
  return changes;
}

function toNode(entry: ScannedEntry, layer: LayerFolder): TreeNode {
  const { path, mode, uid, gid, size } = entry;
  if (entry.type === 'dir') {
    const node: TreeNode = {
      meta: { type: 'dir', mode, uid, gid },
      layer: entry.xattrs.length ? layer : null,
    };
    return node;
  }
  if (entry.type === 'symlink')
    return layerNode(path, layer, {
      type: 'symlink',
      uid,
      gid,
      target: entry.target ?? '',
      checksum: '',
      from: '',
    });
  return layerNode(path, layer, { type: 'file', mode, uid, gid, size, checksum: '', from: '' });
}

function toChange(entry: ScannedEntry, kind: PathChange['kind'], before: TreeNode | null): PathChange {
  const sizeBefore = before === null ? null : fileSize(before.meta);
  return { path: entry.path, kind, type: entry.type, size: entry.size, sizeBefore };
}

function toRemoval(path: string, meta: FileMetadata): PathChange {
  return { path, kind: 'removed', type: meta.type, size: 0, sizeBefore: fileSize(meta) };
}

function fileSize(meta: FileMetadata): number | null {
  return meta.type === 'file' ? meta.size : null;
}

function sameOwner(a: TreeNode, b: TreeNode): boolean {
  if (a.meta.uid !== b.meta.uid || a.meta.gid !== b.meta.gid) return false;
  return a.meta.type === 'symlink' || b.meta.type === 'symlink' || a.meta.mode === b.meta.mode;
}

async function kindOf(
  tree: Tree,
  before: TreeNode,
  after: TreeNode,
  entry: ScannedEntry,
): Promise<PathChange['kind'] | null> {
  if (before.meta.type !== after.meta.type) return 'modified';
  if (before.meta.type === 'symlink' && after.meta.type === 'symlink') {
    if (before.meta.target !== after.meta.target) return 'modified';
    return sameOwner(before, after) ? null : 'metadata';
  }
  if (before.meta.type !== 'file' || after.meta.type !== 'file') return 'modified';
  // Times tell nothing for sure: a file written anew within the second has the time of the old one.
  if (before.meta.size !== after.meta.size) return 'modified';
  if (!(await tree.hasBytesOf(entry.path, after.meta.from))) return 'modified';
  return sameOwner(before, after) && entry.xattrs.length === 0 ? null : 'metadata';
}

async function removeAll(tree: Tree, path: string, changes: PathChange[]): Promise<void> {
  const node = await tree.node(path);
  if (node?.meta.type === 'dir')
    for (const entry of await tree.list(path)) changes.push(toRemoval(entry.path, entry.node));
  if (node) changes.push(toRemoval(path, node.meta));
}

/** An opaque directory hides what was in it; what the upper does not hold again is gone. */
async function removeLeft(
  tree: Tree,
  dir: string,
  sorted: ScannedEntry[],
  changes: PathChange[],
): Promise<void> {
  const kept = new Set(
    sorted.filter((e) => isBelow(e.path, dir) && e.type !== 'whiteout').map((e) => e.path),
  );
  for (const entry of await tree.list(dir))
    if (!kept.has(entry.path)) changes.push(toRemoval(entry.path, entry.node));
}
