import { existsSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openRepo } from '../../lib/native/repo.ts';
import { machineHas } from '../helpers/root.ts';
import { committedFolder, describeFolder, entriesBelow, timedEntries } from './folder-fixture.ts';

describe.runIf(await machineHas('root'))('a checkout', () => {
  it.each(['hardlink', 'copy'] as const)('by %s has everything that was committed', async (how) => {
    await using t = await committedFolder();
    const out = t.temp.file('out');
    const { files } = await t.repo.checkout('main', out, { how });
    expect(files).toBe(7);
    expect(await t.contentOf(out)).toBe((await t.repo.readCommit('main')).rootChecksum);
    await t.cli.run('checkout', 'main', t.temp.file('theirs'));
    expect(await describeFolder(out)).toEqual(await describeFolder(t.temp.file('theirs')));
    expect(await timedEntries(out)).toEqual([]);
  });

  it('by copy shares no inode with the repository', async () => {
    await using t = await committedFolder();
    await t.repo.checkout('main', t.temp.file('linked'), { how: 'hardlink' });
    const { bytesCopied } = await t.repo.checkout('main', t.temp.file('copied'), { how: 'copy' });
    expect(bytesCopied).toBeLessThanOrEqual('tool\nping\nsecret\n'.length);
    const links = async (folder: string) => {
      const stats = await Promise.all((await entriesBelow(folder)).map((path) => lstat(path)));
      return stats.filter((st) => !st.isDirectory()).map((st) => st.nlink);
    };
    expect(Math.min(...(await links(t.temp.file('linked'))))).toBe(2);
    expect(new Set(await links(t.temp.file('copied')))).toEqual(new Set([1]));
  });

  it('of a part of the tree', async () => {
    await using t = await committedFolder();
    const out = t.temp.file('out');
    await t.repo.checkout('main', out, { how: 'copy', subpath: '/usr/bin' });
    expect((await describeFolder(out)).map((line) => line.split(' ')[0])).toEqual([
      '/alias',
      '/ping',
      '/tool',
    ]);
    const none = t.repo.checkout('main', t.temp.file('none'), { how: 'copy', subpath: '/bin/x' });
    await expect(none).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
    expect(existsSync(t.temp.file('none'))).toBe(false);
  });

  it('copies out of an archive, which has no files to link', async () => {
    await using t = await committedFolder();
    await using archive = await openRepo(t.temp.file('archive'), { create: 'archive' });
    await archive.pullLocal(t.repo.path, ['main']);
    const linked = archive.checkout('main', t.temp.file('no'), { how: 'hardlink' });
    await expect(linked).rejects.toMatchObject({ code: 'ERR_REPO_MODE' });
    await archive.checkout('main', t.temp.file('out'), { how: 'copy' });
    expect(await t.contentOf(t.temp.file('out'))).toBe((await t.repo.readCommit('main')).rootChecksum);
  });

  it('never touches a folder that exists', async () => {
    await using t = await committedFolder();
    await mkdir(t.temp.file('out'));
    const refused = t.repo.checkout('main', t.temp.file('out'), { how: 'copy' });
    await expect(refused).rejects.toMatchObject({ code: 'ERR_SYSTEM' });
    expect(existsSync(t.temp.file('out'))).toBe(true);
  });

  it('that is cancelled leaves nothing', async () => {
    await using t = await committedFolder();
    const big = t.temp.file('big');
    await mkdir(big);
    for (let i = 0; i < 40; i++) await t.repo.checkout('main', `${big}/${i}`, { how: 'copy' });
    await t.cli.run('commit', '-b', 'big', `--tree=dir=${big}`);
    const abort = new AbortController();
    const options = { how: 'copy' as const, signal: abort.signal };
    const started = t.repo.checkout('big', t.temp.file('out'), options);
    abort.abort(new Error('enough'));
    await expect(started).rejects.toThrow('enough');
    expect(existsSync(t.temp.file('out'))).toBe(false);
  });
});
