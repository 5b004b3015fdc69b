import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openRepo } from '../../lib/native/repo.ts';
import { importDebs } from '../../lib/packages/import.ts';
import { makeDeb } from '../helpers/deb.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

async function smallDisk(path: string, size: string): Promise<AsyncDisposable> {
  await mkdir(path);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  return { [Symbol.asyncDispose]: async () => void (await run('umount', [path])) };
}

describe.runIf(await machineHas('root'))('a full disk', () => {
  // One larger and one smaller than what is kept in memory: they meet the end of the disk at different places.
  it.each([48, 20])('fails the import of a file of %i MiB, and nothing else', async (mebibytes) => {
    await using dir = await tempDir('full');
    const path = `/usr/share/large`;
    const large = await makeDeb(dir.path, {
      control: { Package: 'large', 'Installed-Size': String(mebibytes * 1024) },
      files: `f ${path} 0644`,
      contents: { [path]: Buffer.alloc(mebibytes << 20, 'x') },
    });
    const small = await makeDeb(dir.path, {
      control: { Package: 'small' },
      files: 'f /usr/share/small 0644',
    });
    await using _disk = await smallDisk(dir.file('disk'), '18m');
    await using repo = await openRepo(dir.file('disk/repo'), { create: 'bare' });
    await using transaction = await repo.transaction();
    await expect(importDebs(repo, [{ file: large.path, sha256: large.sha256 }])).rejects.toMatchObject({
      code: 'ERR_NO_SPACE',
      message: expect.stringContaining(large.path),
    });
    const [imported] = await importDebs(repo, [{ file: small.path, sha256: small.sha256 }]);
    await transaction.commit();
    expect(await ostreeCli(repo.path).refs()).toEqual([imported!.ref]);
    expect(await ostreeCli(repo.path).fsck()).toBeNull();
  });
});
