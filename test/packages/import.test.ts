import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { importDebs } from '../../lib/packages/import.ts';
import { importAll, importOne, SPEC, setup } from './setup.ts';

describe('importDebs', () => {
  it('writes nothing the second time', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const first = await importOne(t.repo, deb.path);
    for (const sha256 of [null, deb.sha256]) {
      const { imported, stats } = await importAll(t.repo, [{ file: deb.path, sha256 }]);
      expect(imported[0]).toEqual({
        ...first,
        cached: true,
        seconds: imported[0]!.seconds,
        objectsWritten: 0,
        objectsReused: 0,
        bytesWritten: 0,
      });
      expect(stats.objectsWritten).toBe(0);
    }
    expect((await importOne(t.repo, '/nowhere.deb', deb.sha256)).cached).toBe(true);
  });

  it('writes no object that is there already', async () => {
    await using t = await setup();
    const first = await importOne(t.repo, (await t.deb(SPEC)).path);
    const again = await importOne(t.repo, (await t.deb({ ...SPEC, compression: 'gzip' })).path);
    expect(again.objectsWritten).toBe(0);
    expect(again.objectsReused).toBe(first.objectsWritten + first.objectsReused);
  });

  it('refuses a file that is not the expected one, and leaves no ref', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const wrong = 'a'.repeat(64);
    await expect(importOne(t.repo, deb.path, wrong)).rejects.toMatchObject({
      code: 'ERR_DEB_HASH',
      details: { expected: wrong, found: deb.sha256, file: deb.path },
    });
    expect(await t.cli.refs()).toEqual([]);
  });

  it('runs many at the same time in one transaction', async () => {
    await using t = await setup();
    await using alone = await setup();
    const specs = Array.from({ length: 24 }, (_, i) => ({
      control: { Package: `p${i}` },
      files: `
        f /usr/share/doc/p${i}/common 0644 root root the same everywhere
        f /usr/share/doc/p${i}/own 0644 root root ${i}`,
      compression: (['gzip', 'zstd', 'none'] as const)[i % 3]!,
    }));
    const debs = await Promise.all(specs.map(t.deb));
    await using transaction = await t.repo.transaction();
    const files = debs.map((d) => ({ file: d.path, sha256: d.sha256 }));
    const together = await importDebs(t.repo, files, { concurrency: 8 });
    await transaction.commit();
    expect(together.map((d) => d.name)).toEqual(specs.map((s) => s.control.Package));
    const oneByOne = await importAll(alone.repo, files);
    expect(together.map((d) => d.commit)).toEqual(oneByOne.imported.map((d) => d.commit));
    expect(await t.cli.fsck()).toBeNull();
    expect((await t.cli.refs()).length).toBe(24);
  });

  it('takes a .deb that is listed twice', async () => {
    await using t = await setup();
    const { path: file, sha256 } = await t.deb(SPEC);
    const { imported } = await importAll(t.repo, [
      { file, sha256 },
      { file, sha256 },
    ]);
    expect(imported[0]!.commit).toBe(imported[1]!.commit);
    expect(await t.cli.fsck()).toBeNull();
  });

  it('names a file that is not there, or is no file', async () => {
    await using t = await setup();
    for (const file of [t.dir.file('none.deb'), t.dir.path])
      await expect(importOne(t.repo, file)).rejects.toThrow(`importing ${file}: `);
  });

  it('needs a transaction', async () => {
    await using t = await setup();
    const { path: file, sha256 } = await t.deb(SPEC);
    await expect(importDebs(t.repo, [{ file, sha256 }])).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  });

  it('loses no other import of the transaction when one fails', async () => {
    await using t = await setup();
    const good = await t.deb(SPEC);
    await writeFile(t.dir.file('bad.deb'), 'not a package');
    await using transaction = await t.repo.transaction();
    const [kept] = await importDebs(t.repo, [{ file: good.path, sha256: good.sha256 }]);
    await expect(importDebs(t.repo, [{ file: t.dir.file('bad.deb'), sha256: null }])).rejects.toMatchObject({
      code: 'ERR_DEB_FORMAT',
      message: expect.stringContaining(`importing ${t.dir.file('bad.deb')}: `),
    });
    await transaction.commit();
    expect(await t.cli.refs()).toEqual([kept!.ref]);
    expect(await t.cli.fsck()).toBeNull();
  });

  it('stops when it is cancelled', async () => {
    await using t = await setup();
    const deb = await t.deb({
      control: { Package: 'big', 'Installed-Size': '200000' },
      files: 'f /usr/share/big 0644',
      contents: { '/usr/share/big': Buffer.alloc(150 << 20) },
      compression: 'gzip',
    });
    const controller = new AbortController();
    await using transaction = await t.repo.transaction();
    const importing = importDebs(t.repo, [{ file: deb.path, sha256: null }], { signal: controller.signal });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(importing).rejects.toThrow('enough');
    await transaction.commit();
    expect(await t.cli.refs()).toEqual([]);
  });

  it('reports the bytes of all files', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const events: number[] = [];
    await using _transaction = await t.repo.transaction();
    await importDebs(t.repo, [{ file: deb.path, sha256: null }], {
      monitor: { progress: (e) => events.push(e.done / e.total), warning: () => {} },
    });
    expect(events[0]).toBe(0);
    expect(events.at(-1)).toBe(1);
  });
});
