import type { DpkgDatabase } from './database.ts';
import { infoName, recordKey } from './record.ts';
import { current } from './status-note.ts';
import { activatePath } from './trigger-activation.ts';
import type { PackageRecord } from './types.ts';

/** The tree from which files are removed; paths are real ones, diversions applied. */
export interface RemovalTree {
  /** Whether a directory, or a link to one, stands at the path. */
  isDir(path: string): Promise<boolean>;
  /** Removes what stands at the path, if anything does; false for a directory that is not empty. */
  remove(path: string): Promise<boolean>;
  /** Whether anything stands at the path, links not followed. */
  stands(path: string): Promise<boolean>;
  /** Whether both paths lead to the same file, as with /bin/x and /usr/bin/x on a merged /usr. */
  isSame(one: string, other: string): Promise<boolean>;
}

/**
 * Removes the files of a package as `dpkg --remove` does: backwards through its list, without conffiles, what
 * other instances share and directories that others use.
 *
 * @returns the paths that stay in the list: conffiles and directories that are not empty.
 */
export async function removeFiles(
  db: DpkgDatabase,
  record: PackageRecord,
  tree: RemovalTree,
): Promise<string[]> {
  const conffiles = new Set(record.conffiles.map(({ path }) => path));
  const holding = record.conffiles.filter((conffile) => !conffile.obsolete && !conffile.removeOnUpgrade);
  const leftover: string[] = [];
  for (const path of db.paths(record).toReversed()) {
    const real = db.effectivePath(path, record.name);
    const isDir = await tree.isDir(real);
    if (!isDir && isShared(db, record, path)) continue;
    const keeps = conffiles.has(path) || (isDir && holding.some((conffile) => isBelow(conffile.path, path)));
    if (!keeps && (await removeOne(db, record, { path, real, isDir, leftover, tree }))) continue;
    leftover.push(path);
  }
  return leftover.reverse();
}

/**
 * Last round of a purge: removes the directories that are empty now.
 *
 * @returns the paths of those that are not.
 */
export async function removeLeftovers(
  db: DpkgDatabase,
  record: PackageRecord,
  tree: RemovalTree,
): Promise<string[]> {
  const leftover: string[] = [];
  for (const path of db.paths(record).toReversed()) {
    const real = db.effectivePath(path, record.name);
    const isDir = await tree.isDir(real);
    if (!(await removeOne(db, record, { path, real, isDir, leftover, tree }))) leftover.push(path);
  }
  return leftover.reverse();
}

/**
 * Removes what only the old version had, backwards through its list. Its conffiles stay.
 *
 * @param added the archive's paths, and those that the new version declares as conffiles.
 */
export async function removeOldFiles(
  db: DpkgDatabase,
  change: { old: PackageRecord; added: ReadonlySet<string> },
  tree: RemovalTree,
): Promise<void> {
  const { old, added } = change;
  const conffiles = new Set(old.conffiles.map(({ path }) => path));
  const named = byLastName(added);
  for (const path of db.paths(old).toReversed()) {
    if (added.has(path) || conffiles.has(path) || path === '/.') continue;
    const real = db.effectivePath(path, old.name);
    const isDir = await tree.isDir(real);
    if (isDir && isUsedByOthers(db, old, path)) continue;
    if (!(await tree.stands(real)) || (!isDir && (await isAmong(named, real, tree)))) continue;
    activatePath(db, real, current(db, old) ?? null);
    await tree.remove(real);
  }
}

interface Removing {
  path: string;
  real: string;
  isDir: boolean;
  leftover: readonly string[];
  tree: RemovalTree;
}

/** True where the path is gone or another package keeps it; false where it stays in the list. */
async function removeOne(
  db: DpkgDatabase,
  record: PackageRecord,
  { path, real, isDir, leftover, tree }: Removing,
): Promise<boolean> {
  if (isDir) {
    if (leftover.some((other) => isBelow(other, path))) return false;
    if (isUsedByOthers(db, record, path)) return true;
    if (real === '/.') return false;
  }
  activatePath(db, real, current(db, record) ?? null);
  return tree.remove(real);
}

/** Whether a path leads to the same file as one of those of the same last name. */
async function isAmong(
  named: ReadonlyMap<string, string[]>,
  real: string,
  tree: RemovalTree,
): Promise<boolean> {
  for (const path of named.get(lastName(real)) ?? []) if (await tree.isSame(path, real)) return true;
  return false;
}

function byLastName(paths: Iterable<string>): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const path of paths) {
    const others = named.get(lastName(path));
    if (others === undefined) named.set(lastName(path), [path]);
    else others.push(path);
  }
  return named;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isShared(db: DpkgDatabase, record: PackageRecord, path: string): boolean {
  if (db.instances(record.name).length <= 1) return false;
  return db.owners(path).some((other) => other.name === record.name && infoName(other) !== infoName(record));
}

function isUsedByOthers(db: DpkgDatabase, record: PackageRecord, path: string): boolean {
  return db.owners(path).some((other) => recordKey(other) !== recordKey(record));
}

function isBelow(path: string, dir: string): boolean {
  return path.length > dir.length && path.startsWith(dir) && path[dir.length] === '/';
}
