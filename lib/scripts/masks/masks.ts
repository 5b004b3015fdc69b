import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file that stands in for one of the tree while scripts run, and never enters the result. */
export interface Mask {
  path: string;
  /** `present`: only where the tree has this file, since a script may test for it. */
  when: 'always' | 'present';
  content: string[];
  reason: string;
}

/** The masks of `masks.json`. */
export async function readMasks(): Promise<Mask[]> {
  return JSON.parse(await readFile(new URL('./masks.json', import.meta.url), 'utf8')) as Mask[];
}

export interface MaskFolders {
  /** Folders to lay over the tree, topmost first: those of the masks that apply to it now. */
  select(exists: (path: string) => Promise<boolean>): Promise<string[]>;
}

/**
 * Writes the masks below `dir`, one folder each, for `RunRequest.masks`. Once a work folder is enough: which of them
 * apply changes while packages come and go, and is asked before each run.
 */
export async function prepareMasks(dir: string): Promise<MaskFolders> {
  const masks = await readMasks();
  const prepared = await Promise.all(
    masks.map(async (mask, index) => {
      const folder = join(dir, String(index));
      await writeMask(folder, mask);
      return { mask, folder };
    }),
  );
  return {
    async select(exists) {
      const applies = await Promise.all(
        prepared.map(({ mask }) => mask.when === 'always' || exists(mask.path)),
      );
      return prepared.filter((_, index) => applies[index]).map(({ folder }) => folder);
    },
  };
}

async function writeMask(folder: string, mask: Mask): Promise<void> {
  const file = join(folder, mask.path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${mask.content.join('\n')}\n`);
  // Scripts see these directories in place of those of the tree: with the usual mode whatever our umask is, and
  // with the time that all files of a tree have.
  for (let path = file; path.length >= folder.length; path = dirname(path)) {
    await chmod(path, 0o755);
    await utimes(path, 0, 0);
  }
}
