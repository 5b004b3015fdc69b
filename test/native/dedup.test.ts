import { chmod, link, lstat, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { dedup } from '../../lib/native/dedup.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

const OLD = new Date(1_000_000_000_000);

async function fill(file: (...names: string[]) => string, names: string[], text = 'equal content\n') {
  for (const name of names) {
    await writeFile(file(name), text);
    await utimes(file(name), OLD, OLD);
  }
}

const inode = async (path: string) => (await lstat(path)).ino;

describe('dedup', () => {
  test('links equal files and counts what is saved', async () => {
    await using dir = await tempDir('dedup');
    await fill(dir.file, ['a', 'b', 'c']);
    await fill(dir.file, ['other'], 'other content\n');
    expect(await dedup([dir.path])).toEqual({ files: 4, linked: 2, bytesSaved: 28 });
    expect(await inode(dir.file('b'))).toBe(await inode(dir.file('a')));
    expect(await inode(dir.file('c'))).toBe(await inode(dir.file('a')));
    expect(await inode(dir.file('other'))).not.toBe(await inode(dir.file('a')));
    expect(await readFile(dir.file('c'), 'utf8')).toBe('equal content\n');
    expect((await readdir(dir.path)).sort()).toEqual(['a', 'b', 'c', 'other']);
    expect(await dedup([dir.path])).toMatchObject({ linked: 0, bytesSaved: 0 });
  });

  test('keeps files apart that differ in mode, owner, attributes or time', async () => {
    await using dir = await tempDir('dedup');
    await fill(dir.file, ['a', 'mode', 'xattr', 'owner', 'time']);
    await chmod(dir.file('mode'), 0o600);
    await run('setfattr', ['-n', 'user.note', '-v', 'x', dir.file('xattr')]);
    await run('chown', ['1:1', dir.file('owner')]);
    await utimes(dir.file('owner'), OLD, OLD);
    await utimes(dir.file('time'), OLD, new Date());
    expect(await dedup([dir.path])).toMatchObject({ linked: 0 });
    expect(await dedup([dir.path], { ignoreMtime: true })).toMatchObject({ linked: 1 });
    expect(await inode(dir.file('time'))).toBe(await inode(dir.file('a')));
  });

  test('tells files apart that differ only behind their first block', async () => {
    await using dir = await tempDir('dedup');
    const head = 'x'.repeat(300_000);
    await fill(dir.file, ['a', 'b'], `${head}1`);
    await fill(dir.file, ['c'], `${head}2`);
    expect(await dedup([dir.path])).toMatchObject({ linked: 1 });
    expect(await readFile(dir.file('c'), 'utf8')).toBe(`${head}2`);
  });

  test('changes nothing in a dry run', async () => {
    await using dir = await tempDir('dedup');
    await fill(dir.file, ['a', 'b']);
    expect(await dedup([dir.path], { dryRun: true })).toMatchObject({ linked: 1, bytesSaved: 14 });
    expect(await inode(dir.file('a'))).not.toBe(await inode(dir.file('b')));
  });

  test('follows no symlinks, leaves empty files alone and counts a file once where folders overlap', async () => {
    await using dir = await tempDir('dedup');
    await using outside = await tempDir('dedup');
    await fill(dir.file, ['a']);
    await fill(outside.file, ['b']);
    await fill(dir.file, ['empty1', 'empty2'], '');
    await symlink(outside.path, dir.file('link'));
    expect(await dedup([dir.path, dir.path])).toEqual({ files: 1, linked: 0, bytesSaved: 0 });
  });

  test('saves nothing while a name outside the folders holds the file', async () => {
    await using dir = await tempDir('dedup');
    await using outside = await tempDir('dedup');
    await fill(dir.file, ['a', 'b']);
    await link(dir.file('b'), outside.file('b'));
    await link(dir.file('a'), outside.file('a'));
    expect(await dedup([dir.path])).toEqual({ files: 2, linked: 1, bytesSaved: 0 });
  });

  test('refuses a folder that is not there', async () => {
    await expect(dedup(['/nonexistent-folder'])).rejects.toMatchObject({ code: 'ERR_SYSTEM' });
  });
});
