import type { TreeNode } from '../native/types.ts';
import { ancestorsOf, isBelow, joinPath } from './path.ts';
import type { FileMetadata } from './types.ts';

/** The few questions that a tree asks of its base commit; batches, so that a package costs one native call. */
export interface BaseSource {
  /** Place of a plain path in the commit; null where the plain tree hides it (`/usr/etc`, say). */
  place(plain: string): string | null;
  /** Plain paths that stand where another directory of the commit is (`/etc` -> `/usr/etc`), with their place. */
  mounts: { plain: string; place: string }[];
  /** Directories of the plain tree that the commit has nowhere. */
  made?: { path: string; mode: number; uid: number; gid: number }[];
  /** With `from` where it is a file on disk and no object. */
  lookup(places: string[]): Promise<(TreeNode | FileMetadata | null)[]>;
  list(place: string, depth: number): Promise<{ path: string; node: FileMetadata }[]>;
}

/** Remembers what the base holds. `peek` answers only from memory. */
export interface BaseReader {
  /** undefined: not loaded yet. */
  peek(path: string): FileMetadata | null | undefined;
  load(paths: Iterable<string>): Promise<void>;
  list(path: string, depth: number): Promise<{ path: string; node: FileMetadata }[]>;
}

export function readBase(source: BaseSource | null): BaseReader {
  if (source === null) return emptyBase;
  const made = (source.made ?? []).map(({ path, mode, uid, gid }) => {
    return { path, node: { type: 'dir', mode, uid, gid } satisfies FileMetadata };
  });
  const known = new Map<string, FileMetadata | null>(made.map(({ path, node }) => [path, node]));
  const peek = (path: string): FileMetadata | null | undefined => {
    const node = known.get(path);
    if (node !== undefined) return node;
    // Below what is not a directory there is nothing: no need to ask for each file of a new package's folders.
    for (const dir of ancestorsOf(path)) {
      const above = known.get(dir);
      if (above === undefined) return undefined;
      if (above === null || above.type !== 'dir') return null;
    }
    return undefined;
  };
  return {
    peek,
    async load(paths) {
      const wanted = new Set<string>();
      for (const path of paths) {
        if (known.has(path)) continue;
        for (const dir of ancestorsOf(path)) if (!known.has(dir)) wanted.add(dir);
        wanted.add(path);
      }
      const asked: string[] = [];
      const places: string[] = [];
      for (const path of wanted) {
        const place = source.place(path);
        if (place === null) known.set(path, null);
        else {
          asked.push(path);
          places.push(place);
        }
      }
      if (asked.length === 0) return;
      const nodes = await source.lookup(places);
      for (const [i, node] of nodes.entries()) known.set(asked[i]!, toMetadata(node));
    },
    async list(path, depth) {
      const place = source.place(path);
      const out: { path: string; node: FileMetadata }[] = [];
      const emit = async (plain: string, from: string, levels: number) => {
        for (const entry of await source.list(from, levels)) {
          const at = joinPath(plain, entry.path.slice(from === '/' ? 1 : from.length + 1));
          // A hidden path, or one that another mount provides below.
          if (source.place(at) !== entry.path) continue;
          out.push({ path: at, node: entry.node });
        }
      };
      if (place !== null) await emit(path, place, depth);
      for (const mount of source.mounts) {
        if (!isBelow(mount.plain, path)) continue;
        const level = mount.plain.slice(path === '/' ? 0 : path.length).split('/').length - 1;
        if (depth > 0 && level > depth) continue;
        const [top] = await source.lookup([mount.place]);
        const node = toMetadata(top ?? null);
        if (node === null) continue;
        out.push({ path: mount.plain, node });
        if (depth <= 0 || level < depth)
          await emit(mount.plain, mount.place, depth <= 0 ? depth : depth - level);
      }
      for (const entry of made) {
        const level = entry.path.slice(path === '/' ? 0 : path.length).split('/').length - 1;
        if (isBelow(entry.path, path) && (depth <= 0 || level <= depth)) out.push(entry);
      }
      return out;
    },
  };
}

const emptyBase: BaseReader = {
  peek: () => null,
  load: async () => {},
  list: async () => [],
};

/** A node of a commit as one of a tree; null where there is none. */
export function toMetadata(node: TreeNode | FileMetadata | null): FileMetadata | null {
  if (node === null || node.type === 'blocked') return null;
  return node.type === 'dir' || 'from' in node ? node : { ...node, from: '' };
}
