import { createHash } from 'node:crypto';
import type { DpkgDatabase } from '../dpkg/database.ts';
import type { ScannedEntry } from '../native/types.ts';
import type { Incoming } from './incoming.ts';
import type { Tree } from './tree.ts';
import type { FileMetadata } from './types.ts';

/** Names of one file, two or more, sorted. */
export type HardlinkGroup = string[];

/**
 * The hardlinks of a tree: those of the packages that came in, and those of before or of scripts that still are what
 * they were.
 * A repository keeps equal files as one object and cannot tell a hardlink from a copy, so this is kept beside the tree.
 */
export async function hardlinkGroups(
  { tree, db }: { tree: Tree; db: DpkgDatabase },
  before: readonly HardlinkGroup[],
  incoming: Iterable<Incoming>,
): Promise<HardlinkGroup[]> {
  const groups = new Map<string, Set<string>>();
  for (const names of before) join(groups, names);
  for (const { name, manifest } of incoming) {
    const { path, type, target } = manifest.entries;
    const place = (raw: string) => tree.resolve(db.effectivePath(raw, name));
    for (const [i, raw] of path.entries())
      if (type[i] === 'h') join(groups, await Promise.all([place(raw), place(target[i]!)]));
  }
  await tree.prefetch(groups.keys());
  const out: HardlinkGroup[] = [];
  for (const names of new Set(groups.values())) out.push(...(await stillEqual(tree, names)));
  return out.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

function join(groups: Map<string, Set<string>>, names: readonly string[]): void {
  const all = new Set(names);
  for (const name of names) for (const other of groups.get(name) ?? []) all.add(other);
  for (const name of all) groups.set(name, all);
}

/** A name that a later package or a script made another file of has left its group. */
async function stillEqual(tree: Tree, names: Iterable<string>): Promise<HardlinkGroup[]> {
  const nodes = new Map<string, FileMetadata & { type: 'file' }>();
  for (const name of names) {
    const node = await tree.lookup(name);
    if (node?.type === 'file') nodes.set(name, node);
  }
  const objects = [...nodes.values()].every(({ checksum }) => checksum !== '');
  const same = new Map<string, string[]>();
  for (const [name, node] of nodes) {
    const key = objects ? node.checksum : await identity(tree, name, node);
    same.set(key, [...(same.get(key) ?? []), name]);
  }
  return [...same.values()].filter((group) => group.length > 1).map((group) => group.sort());
}

/** What makes a file the same object as another, for one that a script wrote and that is none yet. */
async function identity(tree: Tree, name: string, node: FileMetadata & { type: 'file' }): Promise<string> {
  const data = (await tree.read(name)) ?? Buffer.alloc(0);
  const hash = createHash('sha256').update(data).digest('hex');
  return [node.mode, node.uid, node.gid, hash].join(':');
}

/** The hardlinks that a program made in its upper folder. */
export function scannedHardlinks(entries: readonly ScannedEntry[]): HardlinkGroup[] {
  const groups = new Map<string, string[]>();
  for (const { path, hardlink } of entries)
    if (hardlink !== '') groups.set(hardlink, [...(groups.get(hardlink) ?? []), path]);
  return [...groups.values()].filter((names) => names.length > 1).map((names) => names.sort());
}
