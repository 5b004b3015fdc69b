import { access, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AptFolder, closeAptFolder, openAptFolder } from '../../lib/resolution/apt-folder.ts';
import { dropAptFolders, folderOf } from '../../lib/resolution/apt-folders.ts';
import type { AptTarget } from '../../lib/resolution/plan.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { aptTarget } from './support.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir('apt-folders');
});
afterEach(() => dir[Symbol.asyncDispose]());

function target(suites: string): AptTarget {
  const repos = [{ types: 'deb', uris: 'https://mirror.example/debian', suites, components: 'main' }];
  return aptTarget(folderOf(dir.path, { repos, architecture: 'amd64' }), { repos });
}

const enter = (suites: string): Promise<AptFolder> => openAptFolder(target(suites));

async function use(suites: string): Promise<void> {
  const folder = await enter(suites);
  await writeFile(join(folder.lists, 'Packages'), suites);
  await closeAptFolder(folder);
}

async function age(suites: string, daysAgo: number): Promise<void> {
  const time = Date.now() / 1000 - daysAgo * 24 * 60 * 60;
  await utimes(target(suites).dir, time, time);
}

async function kept(...suites: string[]): Promise<string[]> {
  const known = await readdir(dir.path);
  return suites.filter((suite) => known.includes(folderOf('', target(suite))));
}

test('folders of sources that were not used for a month go when a new one comes', async () => {
  await use('old');
  await use('young');
  await age('old', 31);
  await age('young', 29);
  await use('young');
  expect(await kept('old', 'young')).toEqual(['old', 'young']);
  await use('new');
  expect(await kept('old', 'young', 'new')).toEqual(['young', 'new']);
  expect((await readdir(dir.path)).sort()).toHaveLength(3);
});

test('the longest unused go where there are too many', async () => {
  for (let day = 17; day > 0; day--) {
    await use(`day-${day}`);
    await age(`day-${day}`, day);
  }
  await use('today');
  expect(await kept('day-17', 'day-16', 'day-15', 'today')).toEqual(['day-15', 'today']);
});

test('one that is in use stays, whatever its age', async () => {
  const folder = await enter('busy');
  await age('busy', 1000);
  expect(await dropAptFolders(dir.path, { days: 0, most: 0 })).toBe(0);
  await access(folder.config);
  await closeAptFolder(folder);
  expect(await dropAptFolders(dir.path, { days: 0, most: 0 })).toBe(1);
  expect(await readdir(dir.path)).toEqual(['lock']);
});

test('a removal that was killed is finished, and others’ folders are left alone', async () => {
  await use('old');
  await age('old', 31);
  await mkdir(`${target('gone').dir}.gone/sources`, { recursive: true });
  await mkdir(dir.file('others', 'sources'), { recursive: true });
  await utimes(dir.file('others'), 1, 1);
  expect(await dropAptFolders(dir.path)).toBe(1);
  expect((await readdir(dir.path)).sort()).toEqual(['lock', 'others']);
});

test('folders are made and removed at the same time', async () => {
  const work = Array.from({ length: 20 }, async (_, i) => {
    const folder = await enter(`suite-${i % 3}`);
    await Promise.all([access(folder.config), access(folder.lists), access(folder.archives)]);
    await dropAptFolders(dir.path, { days: 0, most: 0 });
    await access(folder.lists);
    await closeAptFolder(folder);
  });
  await Promise.all(work);
});
