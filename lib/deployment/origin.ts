import { AptOstreeError } from '../errors/error.ts';
import {
  formatKeyfile,
  type Keyfile,
  parseKeyfile,
  readList,
  readText,
  writeList,
  writeText,
} from './keyfile.ts';

/** What a deployment was asked to be: what upgrades follow, and the changes to it. */
export interface Origin {
  /** A ref, `remote:ref` or a commit. */
  refspec: string;
  /** Stay at this commit of the ref instead of its newest; null follows the ref. */
  overrideCommit: string | null;
  /** Package arguments of apt, sorted. */
  packages: string[];
  /** Packages from local files: `sha256:name_version_architecture`. */
  localPackages: string[];
  /** Packages of the base that are taken out. */
  removals: string[];
  /** Packages of the base that local files replace, as `localPackages`. */
  localReplacements: string[];
  regenerateInitramfs: boolean;
  /** `package.script`: a failure of these is undone, and the host goes without them. Sorted. */
  skipScripts: string[];
  /** Groups and keys that this engine does not know; they are kept. */
  other: Keyfile;
}

const KNOWN: Record<string, string[]> = {
  origin: ['refspec', 'baserefspec', 'override-commit'],
  packages: ['requested', 'requested-local'],
  overrides: ['remove', 'replace-local'],
  'apt-ostree': ['regenerate-initramfs', 'skip-scripts'],
};

export function emptyOrigin(refspec: string): Origin {
  const none = { packages: [], localPackages: [], removals: [], localReplacements: [] };
  return {
    refspec,
    overrideCommit: null,
    ...none,
    regenerateInitramfs: false,
    skipScripts: [],
    other: new Map(),
  };
}

/** Whether the deployment differs from its base commit, so that a commit of its own must be made. */
export function isLayered(origin: Origin): boolean {
  const { packages, localPackages, removals, localReplacements, regenerateInitramfs } = origin;
  return (
    regenerateInitramfs ||
    [packages, localPackages, removals, localReplacements].some((list) => list.length > 0)
  );
}

/** Reads an origin in the form of rpm-ostree's. @throws ERR_DEPLOY when it names nothing to follow. */
export function parseOrigin(text: string): Origin {
  const file = parseKeyfile(text);
  const get = (group: string, key: string) => file.get(group)?.get(key);
  const list = (group: string, key: string) => readList(get(group, key) ?? '').sort();
  const refspec = get('origin', 'baserefspec') ?? get('origin', 'refspec');
  if (refspec === undefined)
    throw new AptOstreeError('ERR_DEPLOY', 'the origin names no refspec', {
      hint: 'rebase the host to a ref: apt-ostree rebase REF',
    });
  return {
    refspec: readText(refspec),
    overrideCommit: get('origin', 'override-commit') ?? null,
    packages: list('packages', 'requested'),
    localPackages: list('packages', 'requested-local'),
    removals: list('overrides', 'remove'),
    localReplacements: list('overrides', 'replace-local'),
    regenerateInitramfs: get('apt-ostree', 'regenerate-initramfs') === 'true',
    skipScripts: list('apt-ostree', 'skip-scripts'),
    other: unknownPart(file),
  };
}

/** A layered origin says `baserefspec`, so that plain ostree tools do not take the host for a pure one. */
export function formatOrigin(origin: Origin): string {
  const file: Keyfile = new Map();
  const set = (group: string, key: string, value: string | null) => {
    if (value === null || value === '') return;
    if (!file.has(group)) file.set(group, new Map());
    file.get(group)!.set(key, value);
  };
  const list = (group: string, key: string, items: string[]) =>
    set(group, key, writeList([...new Set(items)].sort()));
  set('origin', isLayered(origin) ? 'baserefspec' : 'refspec', writeText(origin.refspec));
  set('origin', 'override-commit', origin.overrideCommit);
  list('packages', 'requested', origin.packages);
  list('packages', 'requested-local', origin.localPackages);
  list('overrides', 'remove', origin.removals);
  list('overrides', 'replace-local', origin.localReplacements);
  set('apt-ostree', 'regenerate-initramfs', origin.regenerateInitramfs ? 'true' : null);
  list('apt-ostree', 'skip-scripts', origin.skipScripts);
  for (const [group, keys] of origin.other) for (const [key, value] of keys) set(group, key, value);
  return formatKeyfile(file);
}

function unknownPart(file: Keyfile): Keyfile {
  const other: Keyfile = new Map();
  for (const [group, keys] of file) {
    // libostree's own notes about one deployment ("pinned") must not pass on to the next.
    if (group === 'libostree-transient') continue;
    const unknown = [...keys].filter(([key]) => !KNOWN[group]?.includes(key));
    if (unknown.length > 0) other.set(group, new Map(unknown));
  }
  return other;
}
