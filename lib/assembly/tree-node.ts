import { join } from 'node:path';
import type { FileMetadata } from './types.ts';

/** A folder on disk that holds (part of) a layer. `moved` is where squashing put its content. */
export interface LayerFolder {
  dir: string;
  moved: LayerFolder | null;
}

/** What stands at a path of a tree, and where its bytes are. */
export interface TreeNode {
  meta: FileMetadata;
  /** The folder that holds the file until it is an object; null for objects and directories of the base. */
  layer: LayerFolder | null;
  /** Bytes that have not been written into a layer folder yet. */
  data?: Buffer;
  /** A directory that hides what lower layers have below it. */
  fresh?: boolean;
}

export function folderOf(layer: LayerFolder): string {
  let at = layer;
  while (at.moved) at = at.moved;
  return at.dir;
}

/** A node whose `from` follows its layer folder when that is squashed into another one. */
export function layerNode(path: string, layer: LayerFolder, meta: FileMetadata): TreeNode {
  if (meta.type !== 'dir')
    Object.defineProperty(meta, 'from', { get: () => join(folderOf(layer), path), enumerable: true });
  return { meta, layer };
}
