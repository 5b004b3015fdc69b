import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { scanLayer } from '../native/sandbox.ts';
import type { ScannedEntry } from '../native/types.ts';

/**
 * Takes out of an upper folder, whose entries are given, what overlayfs copied there from a mask: a script that
 * changes the mode of a masked file, or opens it for writing, would bring the mask's content into the result. A file
 * with other content is the script's own and stays. Returns the entries that are left.
 */
export async function dropMasked(
  upper: string,
  entries: ScannedEntry[],
  masks: readonly string[],
): Promise<ScannedEntry[]> {
  const copied = new Set<string>();
  const files = new Map(entries.filter((e) => e.type === 'file').map((e) => [e.path, e]));
  for (const mask of masks) {
    for (const { path, type, size } of await scanLayer(mask)) {
      if (type !== 'file' || files.get(path)?.size !== size) continue;
      const [ours, theirs] = await Promise.all([readFile(join(mask, path)), readFile(join(upper, path))]);
      if (!ours.equals(theirs)) continue;
      await unlink(join(upper, path));
      copied.add(path);
    }
  }
  return copied.size === 0 ? entries : entries.filter((entry) => !copied.has(entry.path));
}
