import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import {
  formatLockfile,
  lockedVersions,
  lockPackages,
  parseLockfile,
  readLockfile,
  verifyLock,
  writeLockfile,
} from '../../lib/compose/lockfile.ts';
import type { ResolvedPackage } from '../../lib/resolution/plan.ts';
import { tempDir } from '../helpers/temp.ts';

const resolved = (name: string, version: string, architecture = 'amd64') =>
  ({
    name,
    version,
    architecture,
    filename: `pool/${name}.deb`,
    size: 42,
    sha256: 'a'.repeat(64),
  }) as ResolvedPackage;

const plan = [resolved('zsh', '5.9-4'), resolved('libc6', '2.36-9', 'i386'), resolved('libc6', '2.36-9')];

test('a lockfile is sorted Packages stanzas that read back the same', async () => {
  const locked = lockPackages(plan);
  const text = formatLockfile(locked);
  expect(text).toMatch(
    /^Package: libc6\nVersion: 2\.36-9\nArchitecture: amd64\nFilename: pool\/libc6\.deb\nSize: 42\nSHA256: a{64}\n\nPackage: libc6\nVersion: 2.36-9\nArchitecture: i386\n/,
  );
  expect(formatLockfile(lockPackages([...plan].reverse()))).toBe(text);
  await using dir = await tempDir('lock');
  await writeLockfile(dir.file('lock'), locked);
  expect(await readLockfile(dir.file('lock'))).toEqual(locked);
  expect(await readdir(dir.path)).toEqual(['lock']);
  expect(await readFile(dir.file('lock'), 'utf8')).toBe(text);
});

test('grep-dctrl reads it', async () => {
  await using dir = await tempDir('lock');
  await writeLockfile(dir.file('lock'), lockPackages(plan));
  const args = ['-F', 'Package', '-X', 'libc6', '-n', '-s', 'Architecture', dir.file('lock')];
  const { stdout } = await promisify(execFile)('grep-dctrl', args);
  expect(stdout.split('\n').filter(Boolean)).toEqual(['amd64', 'i386']);
});

test.each([
  ['Package: a1\nVersion: 1\n', 'lock: a1 has no Architecture'],
  [
    'Package: a1\nVersion: 1\nArchitecture: all\nFilename: f\nSize: x\nSHA256: y\n',
    'lock: a1 has a wrong Size (x)',
  ],
  ['Version: 1\n', 'lock: stanza 1 has no Package'],
  ['nonsense\n', 'lock:1: '],
])('%j is refused', (text, message) => {
  expect(() => parseLockfile(text, 'lock')).toThrow(expect.objectContaining({ code: 'ERR_LOCKFILE' }));
  expect(() => parseLockfile(text, 'lock')).toThrow(message);
});

test('a package that stands there twice is refused', () => {
  const text = formatLockfile([...lockPackages(plan), ...lockPackages(plan)]);
  expect(() => parseLockfile(text, 'lock')).toThrow('lock: libc6:amd64 stands there twice');
});

test('a missing lockfile is an ERR_LOCKFILE', async () => {
  await expect(readLockfile('/nonexistent/lock')).rejects.toMatchObject({ code: 'ERR_LOCKFILE' });
});

test('what differs from the lock is named, package by package', () => {
  const locked = lockPackages(plan);
  expect(lockedVersions(locked)).toEqual({
    'libc6:amd64': '2.36-9',
    'libc6:i386': '2.36-9',
    'zsh:amd64': '5.9-4',
  });
  expect(() => verifyLock(locked, plan, 'lock')).not.toThrow();
  const other = [
    resolved('zsh', '5.9-5'),
    resolved('bash', '5'),
    { ...resolved('libc6', '2.36-9'), sha256: 'b'.repeat(64) },
  ];
  expect(() => verifyLock(locked, other, 'lock')).toThrow(
    expect.objectContaining({
      code: 'ERR_LOCKFILE',
      details: [
        'libc6:amd64 2.36-9 is another file',
        'libc6:i386 2.36-9 is missing',
        'zsh:amd64 is 5.9-5, locked 5.9-4',
        'bash:amd64 5 is not locked',
      ],
    }),
  );
});
