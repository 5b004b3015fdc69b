import type { Entry, Snapshot } from './snapshot.ts';

/**
 * How a path differs. `missing`: only the reference has it; `extra`: only ours has it; `links`: it shares
 * its inode with other paths than in the reference.
 */
export type Kind =
  | 'missing'
  | 'extra'
  | 'type'
  | 'mode'
  | 'owner'
  | 'content'
  | 'target'
  | 'device'
  | 'xattr'
  | 'links';

export interface Difference {
  path: string;
  kind: Kind;
  /** Both values in words. */
  detail: string;
}

/** The names that share an inode, by name. Names that only one tree has do not count: they differ by themselves. */
function linkGroups(of: Snapshot, other: Snapshot): Map<string, string> {
  const byInode = new Map<string, string[]>();
  for (const entry of of.entries.values()) {
    if (entry.inode === undefined || !other.entries.has(entry.path)) continue;
    const names = byInode.get(entry.inode);
    if (names) names.push(entry.path);
    else byInode.set(entry.inode, [entry.path]);
  }
  const groups = new Map<string, string>();
  for (const names of byInode.values()) {
    if (names.length === 1) continue;
    const group = names.sort().join(' ');
    for (const name of names) groups.set(name, group);
  }
  return groups;
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0');
const attributes = (entry: Entry) => JSON.stringify(entry.xattrs ?? {});
const words = (entry: Entry) => `${entry.type} ${octal(entry.mode)} ${entry.uid}:${entry.gid}`;

function compareEntries(reference: Entry, ours: Entry): Difference[] {
  const { path } = reference;
  const both = (kind: Kind, a: unknown, b: unknown): Difference[] =>
    a === b ? [] : [{ path, kind, detail: `${a} != ${b}` }];
  if (reference.type !== ours.type) return both('type', words(reference), words(ours));
  return [
    ...both('mode', octal(reference.mode), octal(ours.mode)),
    ...both('owner', `${reference.uid}:${reference.gid}`, `${ours.uid}:${ours.gid}`),
    ...(reference.content === ours.content
      ? []
      : both('content', `${reference.size} bytes`, `other ${ours.size} bytes`)),
    ...both('target', reference.target, ours.target),
    ...both('device', reference.device, ours.device),
    ...both('xattr', attributes(reference), attributes(ours)),
  ];
}

/** Everything in which our tree differs from the reference, in the order of the paths. Times are not compared. */
export function compareSnapshots(reference: Snapshot, ours: Snapshot): Difference[] {
  const differences: Difference[] = [];
  for (const entry of reference.entries.values()) {
    const other = ours.entries.get(entry.path);
    if (other) differences.push(...compareEntries(entry, other));
    else differences.push({ path: entry.path, kind: 'missing', detail: words(entry) });
  }
  for (const entry of ours.entries.values())
    if (!reference.entries.has(entry.path))
      differences.push({ path: entry.path, kind: 'extra', detail: words(entry) });
  const [expected, found] = [linkGroups(reference, ours), linkGroups(ours, reference)];
  for (const path of new Set([...expected.keys(), ...found.keys()])) {
    const [a, b] = [expected.get(path) ?? 'no link', found.get(path) ?? 'no link'];
    if (a !== b) differences.push({ path, kind: 'links', detail: `${a} != ${b}` });
  }
  return differences.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
