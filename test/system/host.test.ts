import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../lib/system/engine.ts';
import type { AptOstreeSystem } from '../../lib/system/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { execute } from '../helpers/run.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

let s: SmallSystem;
let sysroot: string;
let host: AptOstreeSystem;

beforeAll(async () => {
  s = await smallSystem([
    {
      control: { Package: 'small-kernel', Architecture: 'amd64' },
      files:
        'f /boot/vmlinuz-1.0-small 0644 root root kernel\nf /usr/lib/modules/1.0-small/modules.dep 0644 root root none',
    },
    {
      control: { Package: 'web', Depends: 'web-data' },
      files: 'f /usr/sbin/web 0755 root root #!/bin/sh\nf /etc/web.conf 0644 root root port=80',
      conffiles: ['/etc/web.conf'],
      scripts: { postinst: 'mkdir -p /var/lib/web; test -e /usr/share/web/data' },
    },
    { control: { Package: 'web-data' }, files: 'f /usr/share/web/data 0644 root root data' },
    { control: { Package: 'bad-web' }, scripts: { preinst: 'exit 3' } },
  ]);
  sysroot = join(s.dir, 'sysroot');
  const treefile = s.treefile({
    ref: 'test/host',
    packages: ['small-kernel'],
    initramfs: 'none',
    'add-commit-metadata': { version: '7' },
  });
  await s.system.composeTree({ treefile });
  const deploying = await openEngine({ repo: s.repo, sysroot, cacheDir: join(s.dir, 'host-cache') });
  const result = await deploying.deploy({ rev: 'test/host' });
  expect(result.deployment).toMatch(/^debian-[0-9a-f]{64}\.0$/);
  host = await openEngine({ sysroot, cacheDir: join(s.dir, 'host-cache'), repos: [s.archive.stanza()] });
});
afterAll(async () => {
  // libostree marks deployments immutable, which would keep the folder.
  await execute('chattr', ['-R', '-i', join(s.dir, 'sysroot/ostree/deploy')], { ok: [0, 1] });
  await s?.[Symbol.asyncDispose]();
});

const first = async () => (await host.status()).deployments[0]!;

describe('a folder that cannot become a host', () => {
  it('is left as it was', async () => {
    const folder = join(s.dir, 'other');
    await mkdir(join(folder, 'boot'), { recursive: true });
    const options = { repo: s.repo, sysroot: folder, cacheDir: join(s.dir, 'host-cache') };
    const engine = await openEngine(options);
    await expect(engine.deploy({ rev: 'test/nothing' })).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
    await s.system.composeTree({ treefile: s.treefile({ ref: 'test/no-kernel' }) });
    await expect(engine.deploy({ rev: 'test/no-kernel' })).rejects.toMatchObject({ code: 'ERR_NO_KERNEL' });
    expect(await readdir(folder)).toEqual(['boot']);
  });
});

describe('a host in a folder', () => {
  it('was empty, and boots the commit that was deployed', async () => {
    const { deployments } = await host.status();
    expect(deployments).toHaveLength(1);
    expect(deployments[0]).toMatchObject({
      osname: 'debian',
      version: '7',
      origin: 'test/host',
      'base-checksum': null,
      'requested-packages': [],
    });
    expect(await readdir(join(sysroot, 'boot/loader/entries'))).toHaveLength(1);
  });

  it('gets a package as a layer on its base, whose deployment serves as the checkout', async () => {
    const base = (await first()).checksum;
    const result = await host.install({ install: ['web'] });
    expect(result.packages.map((p) => p.name).sort()).toEqual(['web', 'web-data']);
    const now = await first();
    expect(now).toMatchObject({
      'requested-packages': ['web'],
      'base-checksum': base,
      version: '7',
      origin: 'test/host',
    });
    expect(now.packages).toEqual(['web-data_1.0_all', 'web_1.0_all']);
    const deployed = join(sysroot, 'ostree/deploy/debian/deploy', `${now.checksum}.0`);
    expect(await readFile(join(deployed, 'etc/web.conf'), 'utf8')).toBe('port=80\n');
    expect((await stat(join(deployed, 'usr/sbin/web'))).mode & 0o7777).toBe(0o755);
    expect(
      (await readdir(join(sysroot, 'ostree/repo/extensions/apt-ostree/base'))).filter(
        (name) => !name.endsWith('.plain'),
      ),
    ).toEqual([]);
    expect(await ostreeCli(join(sysroot, 'ostree/repo')).fsck()).toBeNull();
  });

  it('has nothing to do when nothing changes', async () => {
    const before = await host.status();
    const again = await host.install({ install: ['web'], idempotent: true });
    expect(again.unchanged).toBe(true);
    expect(await host.status()).toEqual(before);
    await expect(host.install({ install: ['web'] })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  it('stays as it was when a script fails', async () => {
    const before = await host.status();
    await expect(host.install({ install: ['bad-web'] })).rejects.toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
    expect(await host.status()).toEqual(before);
  });

  it('goes back to its base when the last request is taken back', async () => {
    await expect(host.uninstall({ packages: ['web-data'] })).rejects.toMatchObject({
      code: 'ERR_NOT_LAYERED',
    });
    const base = (await first())['base-checksum'];
    await host.uninstall({ packages: ['web'] });
    expect(await first()).toMatchObject({ checksum: base, 'requested-packages': [], 'base-checksum': null });
  });
});
