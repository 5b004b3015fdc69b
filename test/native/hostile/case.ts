import type { ErrorCode } from '../../../lib/errors/codes.ts';
import type { PackageManifest } from '../../../lib/native/types.ts';

/** A .deb with something wrong or odd in it, and what becomes of it. */
export interface HostileCase {
  id: string;
  make: () => Buffer;
  /** The code it is refused with, or that it is accepted. */
  verdict: ErrorCode | 'accept';
  /** What the message of the refusal says. */
  says?: string | RegExp;
  /** What the manifest of an accepted one shows. */
  shows?: (manifest: PackageManifest) => unknown;
  /** The value of `shows`. */
  as?: unknown;
}

export const accept = (
  id: string,
  make: () => Buffer,
  shows?: (manifest: PackageManifest) => unknown,
  as?: unknown,
): HostileCase => ({ id, make, verdict: 'accept', ...(shows ? { shows, as } : {}) });

const refusing =
  (verdict: ErrorCode) =>
  (id: string, make: () => Buffer, says: string | RegExp): HostileCase => ({ id, make, verdict, says });

/** Refused as damaged or against the format. */
export const format = refusing('ERR_DEB_FORMAT');
export const limit = refusing('ERR_DEB_LIMIT');
export const control = refusing('ERR_DEB_CONTROL');
export const reserved = refusing('ERR_DEB_RESERVED_PATH');

export const paths = (manifest: PackageManifest): string[] => manifest.entries.path;
