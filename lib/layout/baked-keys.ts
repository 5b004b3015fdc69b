import type { TreeView } from '../assembly/types.ts';

/** Where a host keeps what is its own. */
const OWN = /^\/(etc|var|root|home|srv)\/(?!lib\/dpkg\/)/;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
/** A longer file is no key. */
const LARGEST_KEY = 64 * 1024;
/** Files that are read in one call; bounds what is held in memory. */
const BATCH = 256;

/**
 * Of the paths that scripts wrote, those that hold a private key: every host of the image would have the same. No
 * table can know each package that makes one.
 */
export async function bakedKeys(tree: TreeView, written: Iterable<string>): Promise<string[]> {
  const paths = [...new Set(written)].filter((path) => OWN.test(path));
  await tree.prefetch(paths);
  const files: string[] = [];
  for (const path of paths) {
    const node = await tree.lookup(path);
    if (node?.type === 'file' && node.size <= LARGEST_KEY) files.push(path);
  }
  const found: string[] = [];
  for (let i = 0; i < files.length; i += BATCH) {
    const batch = files.slice(i, i + BATCH);
    const contents = await tree.readMany(batch);
    found.push(...batch.filter((_, at) => PRIVATE_KEY.test(contents[at]?.toString('latin1') ?? '')));
  }
  return found.sort();
}
