import { describe, expect, it } from 'vitest';
import {
  canonicalPath,
  controlMember,
  entryAt,
  entryCount,
  manifestEntries,
  readManifest,
} from '../../lib/packages/manifest.ts';
import { importOne, SPEC, setup } from './setup.ts';

describe('readManifest', () => {
  it('gives rows of equal columns', async () => {
    await using t = await setup();
    const manifest = await readManifest(t.repo, (await importOne(t.repo, (await t.deb(SPEC)).path)).ref);
    const rows = [...manifestEntries(manifest)];
    expect(rows.length).toBe(entryCount(manifest));
    for (const column of Object.values(manifest.entries)) expect(column.length).toBe(rows.length);
    const at = manifest.entries.path.indexOf('/etc/demo.conf');
    expect(entryAt(manifest, at)).toEqual({
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
    const templates = controlMember(manifest, 'templates')!;
    const [bytes] = await t.repo.call(undefined, (b, repo, call) =>
      b.readObjects(repo, [templates.checksum], call),
    );
    expect(bytes!.toString()).toBe('Template: demo/x\n');
    expect(controlMember(manifest, 'preinst')).toBeNull();
  });

  it('refuses a commit that is no package', async () => {
    await using t = await setup();
    const commit = (await t.cli.run('commit', '--orphan', t.dir.path)).trim();
    await expect(readManifest(t.repo, commit)).rejects.toMatchObject({ code: 'ERR_OSTREE' });
    await expect(readManifest(t.repo, 'none')).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
  });
});

it('canonicalPath follows merged /usr', () => {
  expect(canonicalPath('/.', 'd')).toBe('/');
  expect(canonicalPath('/bin', 'd')).toBe('/usr/bin');
  expect(canonicalPath('/bin', 'l')).toBe('/bin');
  expect(canonicalPath('/lib/x', 'l')).toBe('/usr/lib/x');
  expect(canonicalPath('/library/x', 'f')).toBe('/library/x');
});
