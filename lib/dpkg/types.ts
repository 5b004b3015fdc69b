/** The dpkg database as values. Pure: no I/O in this folder. */

export type Want = 'unknown' | 'install' | 'hold' | 'deinstall' | 'purge';
export type ErrorFlag = 'ok' | 'reinstreq';
export type PackageState =
  | 'not-installed'
  | 'config-files'
  | 'half-installed'
  | 'unpacked'
  | 'half-configured'
  | 'triggers-awaited'
  | 'triggers-pending'
  | 'installed';

export interface Conffile {
  path: string;
  /** MD5 of the distributed file, or "newconffile" between unpack and configure. */
  hash: string;
  obsolete: boolean;
  removeOnUpgrade: boolean;
}

/** One file of info/: bytes, or a content object of the repository so that nothing is copied. */
export type InfoFile = { mode: number; data: Buffer } | { mode: number; checksum: string };

/** A package of the database; `fields` are those of its control file, verbatim and in its order. */
export interface PackageRecord {
  name: string;
  architecture: string;
  version: string | null;
  want: Want;
  flag: ErrorFlag;
  state: PackageState;
  /** Last configured version while it is not installed; null when never configured. */
  configVersion: string | null;
  fields: [name: string, value: string][];
  conffiles: Conffile[];
  triggersPending: string[];
  triggersAwaited: string[];
}

export interface Diversion {
  from: string;
  to: string;
  /** Package whose files are not diverted; null for a local diversion (":"), which diverts every package. */
  package: string | null;
}

export interface StatOverride {
  path: string;
  user: string;
  group: string;
  mode: number;
}

/** Reads the files of an admin directory; paths are relative to /var/lib/dpkg. */
export interface DatabaseSource {
  read(path: string): Buffer | null;
  list(dir: string): string[];
}

/** A file of the admin directory to write or (`null`) to delete, relative to /var/lib/dpkg. */
export type DatabaseWrite =
  | { path: string; mode: number; data: Buffer }
  | { path: string; mode: number; checksum: string }
  | { path: string; remove: true };
