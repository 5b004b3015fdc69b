import { AptOstreeError } from '../errors/error.ts';
import type { DpkgDatabase } from './database.ts';
import { compareStates, recordKey } from './record.ts';
import type { Conffile, PackageRecord } from './types.ts';
import { compareVersions } from './version.ts';

/** Hash of a conffile that was unpacked and never configured. */
export const NEW_CONFFILE = 'newconffile';

/** A line of the `conffiles` control file. */
export interface DeclaredConffile {
  path: string;
  /** The path is not shipped: an upgrade removes what stands there. */
  removeOnUpgrade: boolean;
}

/**
 * Reads the `conffiles` control file of a package.
 *
 * @param source names the package or file in messages.
 * @throws ERR_DEB_CONTROL at a line that dpkg would refuse.
 */
export function parseConffiles(text: string, source: string): DeclaredConffile[] {
  const lines = text.split('\n');
  const refuse = (reason: string): never => {
    throw new AptOstreeError('ERR_DEB_CONTROL', `${source}: conffiles: ${reason}`);
  };
  if (lines.pop() !== '') refuse('missing final newline');
  return lines.flatMap((raw): DeclaredConffile[] => {
    const line = raw.trimEnd();
    if (line === '') return raw === '' ? refuse('empty line') : [];
    if (line.startsWith('/')) return [{ path: line, removeOnUpgrade: false }];
    const [flag, path] = splitFlag(line);
    if (flag !== 'remove-on-upgrade') return refuse(`unknown flag in '${line}'`);
    if (!path.startsWith('/')) return refuse(`'${line}' does not name an absolute path`);
    return [{ path, removeOnUpgrade: true }];
  });
}

/**
 * The Conffiles of a version that is being unpacked, before obsolete ones are added: the hash of each is taken
 * over from the package that listed it as its own, this one before others.
 */
export function unpackedConffiles(
  db: DpkgDatabase,
  record: PackageRecord,
  declared: DeclaredConffile[],
): Conffile[] {
  return declared.map(({ path, removeOnUpgrade }) => {
    const hash = knownHash(db, record, path);
    return { path, hash: hash ?? NEW_CONFFILE, obsolete: false, removeOnUpgrade };
  });
}

/** Hash of a conffile in the package's own record, else in the record of another package that lists the path. */
function knownHash(db: DpkgDatabase, record: PackageRecord, path: string): string | undefined {
  let found: string | undefined;
  for (const owner of db.owners(path)) {
    const hash = owner.conffiles.find((conffile) => conffile.path === path)?.hash;
    if (recordKey(owner) === recordKey(record) && hash !== undefined) return hash;
    found = hash ?? found;
  }
  return found;
}

/**
 * The conffiles of the old version that the new one does not have and that still stand on disk, in the order in
 * which dpkg notes them: backwards through the old `.list`. They stay in Conffiles and in the `.list`.
 *
 * @param stands whether something that is no directory stands at the path and is not a file of the new version
 *   under another name.
 */
export function obsoleteConffiles(
  change: {
    old: PackageRecord;
    oldPaths: readonly string[];
    declared: DeclaredConffile[];
    newPaths: Iterable<string>;
  },
  stands: (path: string) => boolean,
): Conffile[] {
  const kept = new Set(change.newPaths);
  for (const { path } of change.declared) kept.add(path);
  const hashes = new Map(change.old.conffiles.map((conffile) => [conffile.path, conffile]));
  return change.oldPaths
    .toReversed()
    .filter((path) => hashes.has(path) && !kept.has(path) && stands(path))
    .map((path) => ({ ...hashes.get(path)!, obsolete: true, removeOnUpgrade: false }));
}

/**
 * The hash that a conffile gets when its `.dpkg-new` is gone because another instance of the package has placed it.
 */
export function siblingHash(db: DpkgDatabase, record: PackageRecord, path: string): string | undefined {
  for (const other of db.instances(record.name)) {
    if (other.architecture === record.architecture) continue;
    if (compareStates(other.state, 'half-configured') <= 0) continue;
    const own = other.conffiles.find(
      (conffile) => conffile.path === path && !conffile.obsolete && !conffile.removeOnUpgrade,
    );
    if (own !== undefined) return own.hash;
  }
  return undefined;
}

/** The hash of a conffile as another instance of the package has it from its last configuration. */
export function previousHash(db: DpkgDatabase, record: PackageRecord, path: string): string | undefined {
  for (const other of db.instances(record.name)) {
    if (other.architecture === record.architecture) continue;
    const early = compareStates(other.state, 'unpacked') <= 0;
    if (early && (other.configVersion === null || compareVersions(other.version!, other.configVersion) !== 0))
      continue;
    const own = other.conffiles.find(
      (conffile) => conffile.path === path && !conffile.obsolete && !conffile.removeOnUpgrade,
    );
    if (own !== undefined) return own.hash;
  }
  return undefined;
}

/** The record with its conffile of this path marked obsolete, as another package took it over. */
export function withObsoleteConffile(record: PackageRecord, path: string): PackageRecord {
  const conffiles = record.conffiles.map((conffile) =>
    conffile.path === path ? { ...conffile, obsolete: true } : conffile,
  );
  return { ...record, conffiles };
}

/** The conffiles with those marked obsolete that were not unpacked, as an installed package replaces this one. */
export function markSkipped(conffiles: Conffile[], skipped: ReadonlySet<string>): Conffile[] {
  return conffiles.map((conffile) =>
    skipped.has(conffile.path) ? { ...conffile, obsolete: true } : conffile,
  );
}

/** Whether a purge of the conffile `base` removes the entry `name` of its directory. */
export function isConffileBackup(base: string, name: string): boolean {
  if (name === `#${base}#`) return true;
  if (!name.startsWith(base)) return false;
  return /^(?:~|\.bak|%|\.dpkg-(?:tmp|new|old|dist)|~[0-9]*~)$/.test(name.slice(base.length));
}

function splitFlag(line: string): [flag: string, path: string] {
  const blank = line.indexOf(' ');
  return blank < 0 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
}
