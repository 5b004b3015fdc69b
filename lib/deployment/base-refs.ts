import { AptOstreeError } from '../errors/error.ts';
import type { Repo } from '../native/repo.ts';
import { readSysroot } from '../native/sysroot.ts';
import { parseLayerMetadata } from './layer-metadata.ts';

const PREFIX = 'apt-ostree/base';

/**
 * Keeps the base of a layered commit, which no deployment checks out: without it nothing could be layered or taken
 * back again. To be set before the commit is deployed, since libostree prunes as it deploys.
 */
export async function keepBase(repo: Repo, commit: string): Promise<void> {
  const base = await baseOf(repo, commit);
  if (base !== null) await repo.setRef(`${PREFIX}/${base}`, base);
}

/** Lets go of the bases that no deployment of the sysroot needs any more. @returns how many. */
export async function releaseBases(repo: Repo, sysroot: string): Promise<number> {
  const { deployments } = await readSysroot(sysroot);
  const needed = new Set<string>();
  for (const { checksum } of deployments) {
    const base = await baseOf(repo, checksum).catch((error: unknown) => {
      // A deployment can outlive its commit object; what it was based on is then gone too.
      if (AptOstreeError.is(error) && error.code === 'ERR_OSTREE_NOT_FOUND') return null;
      throw error;
    });
    if (base !== null) needed.add(`${PREFIX}/${base}`);
  }
  const stale = Object.keys(await repo.listRefs(PREFIX)).filter((ref) => !needed.has(ref));
  for (const ref of stale) await repo.setRef(ref, null);
  return stale.length;
}

async function baseOf(repo: Repo, checksum: string): Promise<string | null> {
  const commit = await repo.readCommit(checksum);
  return parseLayerMetadata(commit) && commit.parent;
}
