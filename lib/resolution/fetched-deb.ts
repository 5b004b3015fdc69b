import { stat } from 'node:fs/promises';
import { AptOstreeError } from '../errors/error.ts';
import { fileSha256 } from './file-hash.ts';
import type { ResolvedPackage } from './plan.ts';

/** A .deb that is there and has the hash that its source lists. */
export interface FetchedDeb {
  package: ResolvedPackage;
  /** Absolute path: in the target's archives folder, or where a local source keeps it. */
  file: string;
  sha256: string;
}

/** @throws ERR_APT_UNKNOWN_PACKAGE naming the argument `text` when there is no such file. */
export async function requireFile(file: string, text: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile()) return;
  throw new AptOstreeError('ERR_APT_UNKNOWN_PACKAGE', `${text}: there is no such file`, {
    details: { file },
  });
}

/** @throws ERR_APT_FETCH when the file is not the one that was resolved. */
export async function localDeb(item: ResolvedPackage): Promise<FetchedDeb> {
  const sha256 = await fileSha256(item.filename);
  if (sha256 !== item.sha256)
    throw new AptOstreeError('ERR_APT_FETCH', `${item.filename} has changed since it was resolved`, {
      details: { expected: item.sha256, found: sha256 },
    });
  return { package: item, file: item.filename, sha256 };
}
