import type { PackageManifest } from '../native/types.ts';

/** A package version that a transaction brings in: its identity and all that its import kept. */
export interface Incoming {
  name: string;
  version: string;
  architecture: string;
  /** Commit of the imported package. */
  commit: string;
  manifest: PackageManifest;
}
