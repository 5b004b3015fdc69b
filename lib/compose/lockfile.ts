import { readFile, rename, writeFile } from 'node:fs/promises';
import { type Fields, fieldValue, parseStanzas, serializeStanza } from '../dpkg/control.ts';
import { AptOstreeError } from '../errors/error.ts';
import type { ResolvedPackage } from '../resolution/plan.ts';

/** One line of a lockfile: exactly this file of exactly this package. */
export interface LockedPackage {
  name: string;
  version: string;
  architecture: string;
  filename: string;
  /** Bytes of the .deb. */
  size: number;
  sha256: string;
}

/** The packages of a plan in the order of a lockfile: by name, then architecture, in byte order. */
export function lockPackages(packages: readonly ResolvedPackage[]): LockedPackage[] {
  return packages
    .map(({ name, version, architecture, filename, size, sha256 }) => {
      return { name, version, architecture, filename, size, sha256 };
    })
    .sort((a, b) => compareBytes(a.name, b.name) || compareBytes(a.architecture, b.architecture));
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The lockfile's text: stanzas of a `Packages` file, one per package and architecture. */
export function formatLockfile(packages: readonly LockedPackage[]): string {
  return packages.map((p) => serializeStanza(stanzaOf(p))).join('\n');
}

function stanzaOf(p: LockedPackage): Fields {
  return [
    ['Package', p.name],
    ['Version', p.version],
    ['Architecture', p.architecture],
    ['Filename', p.filename],
    ['Size', String(p.size)],
    ['SHA256', p.sha256],
  ];
}

/** @throws ERR_LOCKFILE naming `source` and the stanza that is wrong. */
export function parseLockfile(text: string, source: string): LockedPackage[] {
  const packages = parseStanzas(text, { source, code: 'ERR_LOCKFILE' }).map((fields, index) => {
    const name = fieldValue(fields, 'Package') ?? `stanza ${index + 1}`;
    const get = (field: string, form: RegExp) => {
      const value = fieldValue(fields, field);
      if (value !== undefined && form.test(value)) return value;
      const wrong = value === undefined ? `has no ${field}` : `has a wrong ${field} (${value})`;
      throw new AptOstreeError('ERR_LOCKFILE', `${source}: ${name} ${wrong}`, {
        hint: 'write the lockfile anew',
      });
    };
    return {
      name: get('Package', /^[a-z0-9][a-z0-9+.-]+$/),
      version: get('Version', /^\S+$/),
      architecture: get('Architecture', /^[a-z0-9-]+$/),
      filename: get('Filename', /^\S/),
      size: Number(get('Size', /^\d+$/)),
      sha256: get('SHA256', /^[0-9a-f]{64}$/),
    };
  });
  const seen = new Set<string>();
  for (const { name, architecture } of packages) {
    const key = `${name}:${architecture}`;
    if (seen.has(key)) throw new AptOstreeError('ERR_LOCKFILE', `${source}: ${key} stands there twice`);
    seen.add(key);
  }
  return packages;
}

/** @throws ERR_LOCKFILE when the file cannot be read or is wrong. */
export async function readLockfile(file: string): Promise<LockedPackage[]> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new AptOstreeError('ERR_LOCKFILE', cause.message, { cause, hint: '--write-lockfile makes one' });
  });
  return parseLockfile(text, file);
}

/** Replaces the file in one step: a reader sees the old one or the new one. */
export async function writeLockfile(file: string, packages: readonly LockedPackage[]): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, formatLockfile(packages));
  await rename(temporary, file);
}

/** What the resolver takes as `ResolveRequest.locked`: version by `name:architecture`. */
export function lockedVersions(packages: readonly LockedPackage[]): Record<string, string> {
  return Object.fromEntries(packages.map((p) => [`${p.name}:${p.architecture}`, p.version]));
}

/**
 * Compares what was resolved with the lock.
 * @throws ERR_LOCKFILE naming each package that is missing, too much, or another file than the locked one
 */
export function verifyLock(
  locked: readonly LockedPackage[],
  resolved: readonly ResolvedPackage[],
  source: string,
): void {
  const key = (p: { name: string; architecture: string }) => `${p.name}:${p.architecture}`;
  const found = new Map(resolved.map((p) => [key(p), p]));
  const wrong: string[] = [];
  for (const lock of locked) {
    const p = found.get(key(lock));
    found.delete(key(lock));
    if (!p) wrong.push(`${key(lock)} ${lock.version} is missing`);
    else if (p.version !== lock.version) wrong.push(`${key(lock)} is ${p.version}, locked ${lock.version}`);
    else if (p.sha256 && p.sha256 !== lock.sha256) wrong.push(`${key(lock)} ${lock.version} is another file`);
  }
  for (const p of found.values()) wrong.push(`${key(p)} ${p.version} is not locked`);
  if (wrong.length === 0) return;
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : '';
  throw new AptOstreeError('ERR_LOCKFILE', `${source}: ${wrong[0]}${more}`, {
    hint: 'build without --lockfile and write a new one with --write-lockfile',
    details: wrong,
  });
}
