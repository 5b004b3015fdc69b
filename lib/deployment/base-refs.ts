import type { Repo } from '../native/repo.ts';
import { readSysroot } from '../native/sysroot.ts';
import { parseLayerMetadata } from './layer-metadata.ts';

const PREFIX = 'apt-ostree/base';

/**
 * Keeps the base of a layered commit, which no deployment checks out: without it nothing could be layered or taken
 * back again. To be set before the commit is deployed, since libostree prunes as it deploys.
 */
export async function keepBase(repo: Repo, commit: string): Promise<void> {
  const { parent, metadata } = await repo.readCommit(commit);
  if (parent === null || parseLayerMetadata({ metadata }) === null) return;
  await repo.setRef(`${PREFIX}/${parent}`, parent);
}

/** Lets go of the bases that no deployment of the sysroot needs any more. @returns how many. */
export async function releaseBases(repo: Repo, sysroot: string): Promise<number> {
  const { deployments } = await readSysroot(sysroot);
  const needed = new Set<string>();
  for (const { checksum } of deployments) {
    const { parent, metadata } = await repo.readCommit(checksum);
    if (parent !== null && parseLayerMetadata({ metadata })) needed.add(`${PREFIX}/${parent}`);
  }
  const stale = Object.keys(await repo.listRefs(PREFIX)).filter((ref) => !needed.has(ref));
  for (const ref of stale) await repo.setRef(ref, null);
  return stale.length;
}
