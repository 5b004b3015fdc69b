import type { LayerChange, TreeView } from '../assembly/types.ts';
import { readData } from './data.ts';
import { expandGlob, type Found } from './glob.ts';
import { undatedJks } from './jks.ts';

/** A row of `never-baked.json`; the first row that matches a path counts. */
export interface NeverBaked {
  /** Pattern of `expandGlob`. */
  path: string;
  /**
   * - `removed`, `emptied`: what a host needs of it is made there, by `unit` or by the program itself.
   * - `undated`: the times inside become 0, so that equal inputs give equal bytes.
   * - `kept`: nothing is done; two composes may differ in it, and in nothing else. Its path may have `**` anywhere.
   */
  action: 'removed' | 'emptied' | 'undated' | 'kept';
  /** What is undated, or how what is kept is the same. */
  format?: 'jks' | 'dates' | 'line-order' | 'xmlb-order' | 'ghc-order';
  /** Only this type; `leaf`: anything but a directory. */
  type?: 'file' | 'symlink' | 'leaf';
  /** Only symlinks to this target. */
  target?: string;
  /** Unit of `first-boot.json` that makes it anew on a host. */
  unit?: string;
  reason: string;
}

export interface Scrubbed {
  path: string;
  action: NeverBaked['action'];
  reason: string;
}

export const NEVER_BAKED: readonly NeverBaked[] = readData<NeverBaked[]>('never-baked.json');

const TO_CHANGE = NEVER_BAKED.filter(({ action }) => action !== 'kept');

/**
 * What must not go into an image: secrets and identity of one machine, logs, locks, backups, times.
 * The changes are to be made on the plain tree before it is laid out.
 */
export async function scrub(tree: TreeView): Promise<{ changes: LayerChange[]; scrubbed: Scrubbed[] }> {
  await tree.prefetch(TO_CHANGE.map(({ path }) => path).filter((path) => !path.includes('*')));
  const seen = new Set<string>();
  const changes: LayerChange[] = [];
  const scrubbed: Scrubbed[] = [];
  for (const row of TO_CHANGE) {
    for (const found of await expandGlob(tree, row.path)) {
      if (seen.has(found.path) || !applies(row, found)) continue;
      seen.add(found.path);
      const change = await scrubChange(tree, row, found);
      if (!change) continue;
      changes.push(change);
      scrubbed.push({ path: found.path, action: row.action, reason: row.reason });
    }
  }
  return { changes, scrubbed };
}

function applies(row: NeverBaked, { node }: Found): boolean {
  if (row.type === 'leaf' && node.type === 'dir') return false;
  if ((row.type === 'file' || row.type === 'symlink') && node.type !== row.type) return false;
  return row.target === undefined || (node.type === 'symlink' && node.target === row.target);
}

async function scrubChange(
  tree: TreeView,
  row: NeverBaked,
  { path, node }: Found,
): Promise<LayerChange | null> {
  if (row.action === 'removed') return { op: 'remove', path };
  if (node.type !== 'file' || node.size === 0) return null;
  const { mode, uid, gid } = node;
  const data = row.action === 'emptied' ? Buffer.alloc(0) : await undated(tree, path);
  return data && { op: 'write', path, mode, uid, gid, data };
}

/** Null when nothing is to be done: it is so already, as it always is in a base, or is of another format. */
async function undated(tree: TreeView, path: string): Promise<Buffer | null> {
  const data = (await tree.read(path))!;
  const without = undatedJks(data);
  return without?.equals(data) ? null : without;
}
