import type { CommitInfo } from '../native/types.ts';

/** What the commit of a layered deployment says about itself; its parent is the base. */
export interface LayerMetadata {
  /** Packages beyond the base that are in it, `name_version_architecture`, sorted. */
  packages: string[];
  /** Packages of the base that are not, sorted. */
  removed: string[];
  /** Packages of the base that have another version, sorted. */
  replaced: string[];
  version: string | null;
}

const LAYER = 'apt-ostree.clientlayer';
const PACKAGES = 'apt-ostree.packages';
const REMOVED = 'apt-ostree.removed-base-packages';
const REPLACED = 'apt-ostree.replaced-base-packages';

/** Keys for `writeCommit`. */
export function formatLayerMetadata(layer: LayerMetadata): Record<string, string | boolean | string[]> {
  return {
    [LAYER]: true,
    [PACKAGES]: layer.packages,
    [REMOVED]: layer.removed,
    [REPLACED]: layer.replaced,
    ...(layer.version === null ? {} : { version: layer.version }),
  };
}

/** Null for a commit that is a base itself. */
export function parseLayerMetadata({ metadata }: Pick<CommitInfo, 'metadata'>): LayerMetadata | null {
  if (metadata[LAYER] !== true) return null;
  const list = (key: string) => (Array.isArray(metadata[key]) ? (metadata[key] as string[]) : []);
  return {
    packages: list(PACKAGES),
    removed: list(REMOVED),
    replaced: list(REPLACED),
    version: commitVersion({ metadata }),
  };
}

export function commitVersion({ metadata }: Pick<CommitInfo, 'metadata'>): string | null {
  return typeof metadata.version === 'string' ? metadata.version : null;
}
