import type { ManifestColumns, PackageManifest } from '../../lib/native/types.ts';

/** One entry of a package's payload: a row of the manifest's columns. */
export type ManifestEntry = { [Column in keyof ManifestColumns]: ManifestColumns[Column][number] };

/** All rows, in dpkg's order: as in the archive, but symlinks last. */
export function manifestEntries({ entries }: PackageManifest): ManifestEntry[] {
  const columns = Object.entries(entries);
  return entries.path.map(
    (_, index) => Object.fromEntries(columns.map(([name, column]) => [name, column[index]])) as ManifestEntry,
  );
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
