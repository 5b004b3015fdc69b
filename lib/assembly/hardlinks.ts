import type { DpkgDatabase } from '../dpkg/database.ts';
import type { Incoming } from './incoming.ts';
import type { Tree } from './tree.ts';

/** Names of one file, two or more, sorted. */
export type HardlinkGroup = string[];

/**
 * The hardlinks of a tree: those of the packages that came in, and those of before that still are what they were.
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
  const byObject = new Map<string, string[]>();
  for (const name of names) {
    const node = await tree.lookup(name);
    if (node?.type !== 'file' || !node.checksum) continue;
    const same = byObject.get(node.checksum);
    if (same) same.push(name);
    else byObject.set(node.checksum, [name]);
  }
  return [...byObject.values()].filter((same) => same.length > 1).map((same) => same.sort());
}
