import type { LayerChange, TreeView } from '../assembly/types.ts';
import { readData } from './data.ts';
import { expandGlob, type Found } from './glob.ts';

/** A row of `never-baked.json`; the first row that matches a path counts. */
export interface NeverBaked {
  /** Pattern of `expandGlob`. */
  path: string;
  action: 'removed' | 'emptied';
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

/**
 * What must not go into an image: secrets and identity of one machine, logs, locks, backups, caches that hold times.
 * The changes are to be made on the plain tree before it is laid out.
 */
export async function scrub(tree: TreeView): Promise<{ changes: LayerChange[]; scrubbed: Scrubbed[] }> {
  await tree.prefetch(NEVER_BAKED.map(({ path }) => path).filter((path) => !path.includes('*')));
  const seen = new Set<string>();
  const changes: LayerChange[] = [];
  const scrubbed: Scrubbed[] = [];
  for (const row of NEVER_BAKED) {
    for (const found of await expandGlob(tree, row.path)) {
      if (seen.has(found.path) || !applies(row, found)) continue;
      seen.add(found.path);
      const change = scrubChange(row, found);
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

function scrubChange(row: NeverBaked, { path, node }: Found): LayerChange | null {
  if (row.action === 'removed') return { op: 'remove', path };
  if (node.type !== 'file' || node.size === 0) return null;
  const { mode, uid, gid } = node;
  return { op: 'write', path, mode, uid, gid, data: Buffer.alloc(0) };
}
