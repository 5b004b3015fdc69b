import { AptOstreeError } from '../errors/error.ts';
import type { CallOptions } from '../native/call.ts';
import type { Repo } from '../native/repo.ts';
import type { ManifestColumns, PackageManifest } from '../native/types.ts';

/** One entry of a package's payload: a row of the manifest's columns. */
export type ManifestEntry = { [Column in keyof ManifestColumns]: ManifestColumns[Column][number] };

const COLUMNS = [
  'path',
  'type',
  'mode',
  'uid',
  'gid',
  'uname',
  'gname',
  'size',
  'mtime',
  'target',
  'checksum',
  'md5',
] as const satisfies (keyof ManifestColumns)[];

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

/** Number of entries. */
export function entryCount(manifest: PackageManifest): number {
  return manifest.entries.path.length;
}

/** One row. `index` is below `entryCount`. */
export function entryAt(manifest: PackageManifest, index: number): ManifestEntry {
  const row = COLUMNS.map((column) => [column, manifest.entries[column][index]]);
  return Object.fromEntries(row) as ManifestEntry;
}

/** All rows, in dpkg's order: as in the archive, but symlinks last. */
export function* manifestEntries(manifest: PackageManifest): Generator<ManifestEntry> {
  for (let i = 0; i < entryCount(manifest); i++) yield entryAt(manifest, i);
}

/** Paths as dpkg writes them into `info/<package>.list`. */
export function listedPaths(manifest: PackageManifest): string[] {
  return manifest.entries.path;
}

/** Where a control member of this name stands in the commit; null when the package has none. */
export function controlMember(
  manifest: PackageManifest,
  name: string,
): PackageManifest['members'][number] | null {
  return manifest.members.find((member) => member.name === name) ?? null;
}

// Names in the root that merged /usr makes symlinks into /usr (native/deb/path_tables.h).
const ALIASES = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'libo32']);

/**
 * Where an entry lies below /data of the commit, and in a tree with merged /usr: "/bin/ls" is at "/usr/bin/ls",
 * "/." at "/". A symlink that is itself such an alias stays in the root.
 */
export function canonicalPath(path: string, type: string): string {
  if (path === '/.') return '/';
  const slash = path.indexOf('/', 1);
  const top = path.slice(1, slash < 0 ? undefined : slash);
  if (!ALIASES.has(top) || (slash < 0 && type === 'l')) return path;
  return `/usr${path}`;
}
