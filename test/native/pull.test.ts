import { describe, expect, it } from 'vitest';
import { openRepo } from '../../lib/native/repo.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { machineHas } from '../helpers/root.ts';
import { committedFolder } from './folder-fixture.ts';

describe.runIf(await machineHas('root'))('a pull between repositories', () => {
  it('goes from bare to archive and back without a loss', async () => {
    await using t = await committedFolder();
    await using archive = await openRepo(t.temp.file('archive'), { create: 'archive' });
    await using back = await openRepo(t.temp.file('back'), { create: 'bare' });
    const stats = await archive.pullLocal(t.repo.path, ['main']);
    expect(stats.objectsWritten).toBeGreaterThan(10);
    await back.pullLocal(archive.path, ['main']);
    expect(await back.listRefs()).toEqual({ main: t.commit });
    expect(await ostreeCli(back.path).fsck()).toBeNull();
    await back.checkout('main', t.temp.file('out'), { how: 'copy' });
    expect(await t.contentOf(t.temp.file('out'))).toBe((await t.repo.readCommit('main')).rootChecksum);
  });

  it('joins an open transaction', async () => {
    await using t = await committedFolder();
    await using other = await openRepo(t.temp.file('other'), { create: 'bare' });
    const txn = await other.transaction();
    await other.pullLocal(t.repo.path, ['main']);
    expect(await ostreeCli(other.path).refs()).toEqual([]);
    await txn.commit();
    expect(await ostreeCli(other.path).revParse('main')).toBe(t.commit);
  });

  it('names a ref and a repository that are not there', async () => {
    await using t = await committedFolder();
    await using other = await openRepo(t.temp.file('other'), { create: 'bare' });
    await expect(other.pullLocal(t.repo.path, ['none'])).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
    await expect(other.pullLocal(t.temp.file('x'), ['main'])).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
  });
});
