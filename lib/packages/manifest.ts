import { AptOstreeError } from '../errors/error.ts';
import type { CallOptions } from '../native/call.ts';
import type { Repo } from '../native/repo.ts';
import type { PackageManifest } from '../native/types.ts';

/**
 * The manifest of a package commit.
 * @throws ERR_OSTREE_NOT_FOUND when there is no such commit, ERR_OSTREE when it is not a package's
 */
export async function readManifest(
  repo: Repo,
  commit: string,
  options?: CallOptions,
): Promise<PackageManifest> {
  const [bytes] = await repo.call(options, (b, handle, call) =>
    b.readFiles(handle, commit, ['/manifest'], call),
  );
  const manifest = bytes ? (JSON.parse(bytes.toString('utf8')) as PackageManifest) : null;
  if (manifest?.format !== 1)
    throw new AptOstreeError(
      'ERR_OSTREE',
      `commit ${commit} is not a package of this version of apt-ostree`,
      {
        hint: 'import the .deb again',
      },
    );
  return manifest;
}
