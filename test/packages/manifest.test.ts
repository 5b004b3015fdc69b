import { describe, expect, it } from 'vitest';
import { readManifest } from '../../lib/packages/manifest.ts';
import { manifestEntries } from './manifest-rows.ts';
import { importOne, SPEC, setup } from './setup.ts';

describe('readManifest', () => {
  it('gives rows of equal columns', async () => {
    await using t = await setup();
    const manifest = await readManifest(t.repo, (await importOne(t.repo, (await t.deb(SPEC)).path)).ref);
    const rows = [...manifestEntries(manifest)];
    for (const column of Object.values(manifest.entries)) expect(column.length).toBe(rows.length);
    const at = manifest.entries.path.indexOf('/etc/demo.conf');
    expect(rows[at]).toEqual({
      path: '/etc/demo.conf',
      type: 'f',
      mode: 0o644,
      uid: 0,
      gid: 0,
      uname: 'root',
      gname: 'root',
      size: 6,
      mtime: 1_000_000_000,
      target: '',
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      md5: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const member = (name: string) => manifest.members.find((one) => one.name === name);
    const templates = member('templates')!;
    const [bytes] = await t.repo.call(undefined, (b, repo, call) =>
      b.readObjects(repo, [templates.checksum], call),
    );
    expect(bytes!.toString()).toBe('Template: demo/x\n');
    expect(member('preinst')).toBeUndefined();
  });

  it('refuses a commit that is no package', async () => {
    await using t = await setup();
    const commit = (await t.cli.run('commit', '--orphan', t.dir.path)).trim();
    await expect(readManifest(t.repo, commit)).rejects.toMatchObject({ code: 'ERR_OSTREE' });
    await expect(readManifest(t.repo, 'none')).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
  });
});
