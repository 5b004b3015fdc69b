import { AptOstreeError } from '../../errors/error.ts';
import type { Repo } from '../../native/repo.ts';
import { hostOptions, readHost } from '../host.ts';
import type { SystemOptions } from '../requests.ts';
import { openReader } from '../workspace.ts';

/** @throws ERR_OSTREE_NOT_FOUND */
export async function requireCommit(repo: Repo, rev: string): Promise<string> {
  const commit = await repo.resolveRev(rev);
  if (commit !== null) return commit;
  throw new AptOstreeError('ERR_OSTREE_NOT_FOUND', `no ref or commit ${rev} in ${repo.path}`, {
    hint: '`ostree refs --repo=DIR` lists the refs',
  });
}

/** Opens the repository of a command that reads one commit: the named one, or that of the host's deployment. */
export async function openCommit(
  system: SystemOptions,
  ref: string | undefined,
): Promise<{ repo: Repo; commit: string } & AsyncDisposable> {
  const repo = await openReader(ref === undefined ? hostOptions(system) : system);
  const close = () => repo[Symbol.asyncDispose]();
  try {
    const commit = await requireCommit(repo, ref ?? (await readHost(system)).current.checksum);
    return { repo, commit, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
