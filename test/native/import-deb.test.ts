import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../lib/packages/manifest.ts';
import { manifestEntries } from '../packages/manifest-rows.ts';
import { importOne, SPEC, setup } from '../packages/setup.ts';

describe('the commit of a .deb', () => {
  it('holds the payload at merged-/usr places with types, modes and owners', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const imported = await importOne(t.repo, deb.path);
    const listed = new Map((await t.cli.ls(imported.ref, '/data')).map((e) => [e.path, e]));
    expect(listed.get('/data/var/lib/demo')).toMatchObject({ type: 'dir', mode: 0o2750, uid: 0, gid: 4 });
    expect(listed.get('/data/usr/bin/demo')).toMatchObject({ type: 'file', mode: 0o4755, uid: 0, gid: 8 });
    expect(listed.get('/data/usr/bin/tool')).toMatchObject({ type: 'file', mode: 0o755 });
    expect(listed.get('/data/usr/share/demo/größe')).toMatchObject({ uid: 123, gid: 456 });
    expect(listed.get('/data/usr/bin/aa-first')).toMatchObject({ type: 'symlink', target: 'demo' });
    expect(listed.has('/data/bin')).toBe(false);
    expect(await t.cli.cat(imported.ref, '/data/usr/bin/hard')).toBe('#!/bin/sh\necho "hello"\n');
    expect(await t.cli.cat(imported.ref, '/control/postinst')).toBe('#!/bin/sh\nset -e\necho configured\n');
    expect(await t.cli.cat(imported.ref, '/control/templates')).toBe('Template: demo/x\n');
    expect(await t.cli.fsck()).toBeNull();
  });

  it('has a manifest with dpkg paths in dpkg order', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const imported = await importOne(t.repo, deb.path);
    const manifest = await readManifest(t.repo, imported.commit);
    const rows = new Map([...manifestEntries(manifest)].map((row) => [row.path, row]));
    expect(manifest.entries.path[0]).toBe('/.');
    expect(manifest.entries.path.at(-1)).toBe('/usr/bin/aa-first');
    const md5 = createHash('md5').update('#!/bin/sh\necho "hello"\n').digest('hex');
    const file = rows.get('/usr/bin/demo')!;
    const hard = rows.get('/usr/bin/hard')!;
    expect([file.type, hard.type].sort()).toEqual(['f', 'h']);
    expect([file.target, hard.target].filter((x) => x)).toEqual([
      file.type === 'f' ? '/usr/bin/demo' : '/usr/bin/hard',
    ]);
    expect(file).toMatchObject({
      mode: 0o4755,
      gname: 'mail',
      gid: 8,
      size: 23,
      md5,
      checksum: hard.checksum,
    });
    expect(rows.get('/var/lib/demo')).toMatchObject({ type: 'd', mode: 0o2750, checksum: '', md5: '' });
    expect(rows.get('/usr/bin/aa-first')).toMatchObject({ type: 'l', target: 'demo', md5: '' });
    expect(rows.get('/etc/demo.conf')!.mtime).toBe(1_000_000_000);
    expect(manifest.control).toContain('Package: demo\nVersion: 1:2.0-1\n');
    expect(manifest.texts.conffiles).toBe('/etc/demo.conf\n');
    expect(manifest.texts.triggers).toBe('interest-noawait /usr/share/demo\n');
    expect(manifest.texts.postinst).toContain('echo configured');
    expect(manifest.members.map((m) => m.name).sort()).toEqual([
      'conffiles',
      'md5sums',
      'postinst',
      'templates',
      'triggers',
    ]);
    expect(manifest.audit).toContain('setuid /usr/bin/demo');
  });

  it('is the same for the same .deb, whatever repository and process', async () => {
    await using a = await setup();
    await using b = await setup();
    const deb = await a.deb(SPEC);
    const first = await importOne(a.repo, deb.path);
    const second = await importOne(b.repo, deb.path, deb.sha256);
    expect(second.commit).toBe(first.commit);
    expect(first).toMatchObject({
      sha256: deb.sha256,
      ref: `apt-ostree/deb/${deb.sha256}/1`,
      name: 'demo',
      version: '1:2.0-1',
      architecture: 'all',
      size: deb.size,
      cached: false,
    });
    expect(await a.repo.readCommit(first.ref)).toMatchObject({
      timestamp: 0,
      subject: 'demo_1:2.0-1_all',
      metadata: { 'apt-ostree.sha256': deb.sha256, 'apt-ostree.package': 'demo' },
    });
  });

  it.each(['xz', 'gzip', 'zstd', 'none'] as const)('has the same tree from %s', async (compression) => {
    await using t = await setup();
    const plain = await importOne(t.repo, (await t.deb(SPEC)).path);
    const other = await importOne(t.repo, (await t.deb({ ...SPEC, compression })).path);
    const { rootChecksum } = await t.repo.readCommit(other.commit);
    expect(rootChecksum).toBe((await t.repo.readCommit(plain.commit)).rootChecksum);
  });

  it('keeps files that are larger than the memory for one', async () => {
    await using t = await setup();
    const big = Buffer.alloc(40 << 20, 'apt-ostree ');
    const deb = await t.deb({
      control: { Package: 'big', 'Installed-Size': '41000' },
      files: 'f /usr/share/big 0644',
      contents: { '/usr/share/big': big },
      compression: 'none',
    });
    const imported = await importOne(t.repo, deb.path);
    expect(imported.bytesWritten).toBeGreaterThan(big.length);
    expect(await t.cli.fsck()).toBeNull();
    const entry = (await t.cli.ls(imported.ref, '/data/usr/share/big'))[0]!;
    expect(entry).toMatchObject({ size: big.length, mode: 0o644 });
  });
});
