import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dropInitramfs, initramfsCache, keepInitramfs } from '../../lib/layout/initramfs-cache.ts';
import { formatInitramfsRecord, imagePath, recordPath } from '../../lib/layout/initramfs-record.ts';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';

const DAY = 24 * 60 * 60 * 1000;
const KERNEL = '6.1.0-1-amd64';

let dir: TempDir;
let repo: Repo;
beforeEach(async () => {
  dir = await tempDir('initramfs');
  repo = await openRepo(dir.file('repo'), { create: 'bare' });
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2024-03-01') });
});
afterEach(async () => {
  vi.useRealTimers();
  repo.close();
  await dir[Symbol.asyncDispose]();
});

/** Uses an image that was made from `control`. */
async function use(control: string): Promise<void> {
  const lists = { paths: [], users: [], groups: [] };
  const record = formatInitramfsRecord({ format: 1, kernel: KERNEL, control, inputs: 'x', ...lists });
  await writeFile(dir.file('image'), `image ${control}`);
  await writeFile(dir.file('record'), record);
  const modules = `/usr/lib/modules/${KERNEL}`;
  await using transaction = await repo.transaction();
  const { commit } = await repo.writeCommit({
    base: null,
    changes: [
      ...['/usr', '/usr/lib', '/usr/lib/modules', modules].map((path) => ({
        ...{ op: 'dir' as const, path, mode: 0o755, uid: 0, gid: 0 },
      })),
      { op: 'file', path: imagePath(KERNEL), from: dir.file('image') },
      { op: 'file', path: recordPath(KERNEL), from: dir.file('record') },
    ],
  });
  await keepInitramfs(repo, commit, KERNEL);
  await transaction.commit();
}

async function drop(rule?: { days: number; most: number }): Promise<number> {
  await using transaction = await repo.transaction();
  const dropped = await dropInitramfs(repo, rule);
  await transaction.commit();
  return dropped;
}

async function kept(): Promise<string[]> {
  const refs = Object.keys(await repo.listRefs('apt-ostree/cache'));
  return refs.map((ref) => ref.slice(ref.lastIndexOf('/') + 1)).sort();
}

const later = (days: number) => vi.setSystemTime(Date.now() + days * DAY);

test('images are dropped a month after their last use', async () => {
  for (const control of ['old', 'used']) await use(control);
  later(20);
  await use('used');
  expect(await kept()).toEqual(['old', 'used']);
  later(20);
  await use('new');
  expect(await kept()).toEqual(['new', 'used']);
  expect((await initramfsCache(repo).find('used'))?.record.control).toBe('used');
  expect(await initramfsCache(repo).find('old')).toBeNull();
});

test('the longest unused go where there are too many, and all when none is to be kept', async () => {
  for (const control of ['first', 'second', 'third']) {
    await use(control);
    later(1);
  }
  await use('first');
  expect(await drop({ days: 30, most: 2 })).toBe(1);
  expect(await kept()).toEqual(['first', 'third']);
  expect(await drop({ days: 0, most: 0 })).toBe(2);
  expect(await kept()).toEqual([]);
});

test('an old image that is used again stays', async () => {
  await use('old');
  later(100);
  await use('old');
  expect(await kept()).toEqual(['old']);
  expect(await drop()).toBe(0);
});

test('a clock that was wrong costs nothing', async () => {
  later(1000);
  await use('ahead');
  later(-1000);
  expect(await drop()).toBe(0);
});
