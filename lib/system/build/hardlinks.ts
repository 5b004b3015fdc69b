import { link, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { HardlinkGroup } from '../../assembly/hardlinks.ts';
import type { Repo } from '../../native/repo.ts';

/** Key of a commit's metadata with its hardlinks, by their names in the plain tree. */
const HARDLINKS_KEY = 'apt-ostree.hardlinks';

export function hardlinkMetadata(groups: HardlinkGroup[]): Record<string, string> {
  return groups.length > 0 ? { [HARDLINKS_KEY]: JSON.stringify(groups) } : {};
}

export async function readHardlinks(repo: Repo, commit: string): Promise<HardlinkGroup[]> {
  const value = (await repo.readCommit(commit)).metadata[HARDLINKS_KEY];
  return typeof value === 'string' ? (JSON.parse(value) as HardlinkGroup[]) : [];
}

/** Makes one file of each group in a copy of the plain tree. */
export async function linkCopies(dir: string, groups: readonly HardlinkGroup[]): Promise<void> {
  for (const [first, ...others] of groups) {
    for (const name of others) {
      const temporary = join(dir, `${name}.apt-ostree-link`);
      await link(join(dir, first!), temporary);
      await rename(temporary, join(dir, name));
    }
  }
}
