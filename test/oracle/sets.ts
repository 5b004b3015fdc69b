import { readFile } from 'node:fs/promises';
import { source } from './source.ts';

/** A set of packages for which our tree must equal the one of apt and dpkg. */
export interface PackageSet {
  name: string;
  /** `compose`: a root from nothing, with the Essential packages; `layer`: onto the root of `base`. */
  kind: 'compose' | 'layer';
  packages: string[];
  /** Packages of the base to remove; of a layer only. */
  remove?: string[];
  /** Default bookworm. */
  suite?: string;
  /** Default false. */
  recommends?: boolean;
  /** The compose set below a layer; default minbase. */
  base?: string;
  /** The suite of that set, where a layer upgrades to another; default the layer's. */
  baseSuite?: string;
  /** Without the suite's updates and security, so that a layer can upgrade; default false. */
  releaseOnly?: boolean;
}

export const DEFAULT_SUITE = 'bookworm';
export const DEFAULT_BASE = 'minbase';

export async function readSets(): Promise<PackageSet[]> {
  return JSON.parse(await readFile(source('sets.json'), 'utf8')) as PackageSet[];
}

export function findSet(sets: PackageSet[], name: string): PackageSet {
  const found = sets.find((set) => set.name === name);
  if (!found)
    throw new Error(`no set is called ${name}; there are ${sets.map((set) => set.name).join(', ')}`);
  return found;
}

/** The root that a layer starts from; null for a compose. */
export function baseOf(sets: PackageSet[], set: PackageSet): PackageSet | null {
  if (set.kind === 'compose') return null;
  const base = findSet(sets, set.base ?? DEFAULT_BASE);
  return { ...base, suite: set.baseSuite ?? set.suite ?? base.suite ?? DEFAULT_SUITE };
}
