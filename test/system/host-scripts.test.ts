import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../lib/system/engine.ts';
import type { AptOstreeSystem } from '../../lib/system/types.ts';
import { execute } from '../helpers/run.ts';
import { SCRIPT_PACKAGES } from './script-packages.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem(SCRIPT_PACKAGES);
});
afterAll(async () => {
  // libostree marks deployments immutable, which would keep the folder.
  await execute('chattr', ['-R', '-i', join(s.dir, 'sysroot/ostree/deploy')], { ok: [0, 1] });
  await s?.[Symbol.asyncDispose]();
});

const skip = ['broken.postinst'];

describe('a script that fails on a host', () => {
  let host: AptOstreeSystem;
  const first = async () => (await host.status()).deployments[0]!;
  const start = async () => {
    const base = s.treefile({ ref: 'test/host', packages: ['small-kernel', 'broken'], initramfs: 'none' });
    await s.system.composeTree({ treefile: base, scripts: { skip } });
    const options = { sysroot: join(s.dir, 'sysroot'), cacheDir: join(s.dir, 'host-cache') };
    await (await openEngine({ ...options, repo: s.repo })).deploy({ rev: 'test/host' });
    host = await openEngine({ ...options, repos: [s.archive.stanza()] });
  };

  it('shows in the status: of the base, and of a layer on it', async () => {
    await start();
    expect((await first())['skipped-scripts']).toEqual(skip);
    await host.install({ install: ['good'] });
    expect((await first())['skipped-scripts']).toEqual(skip);
    const { entries } = await host.history({ scripts: true });
    expect(entries.map((e) => `${e.package}.${e.script} ${e.state}`)).toEqual([
      'broken.postinst skipped',
      'good.preinst succeeded',
      'good.postinst succeeded',
    ]);
  });

  it('stays skipped for later transactions, until that is taken back', async () => {
    await expect(host.install({ install: ['shaky'] })).rejects.toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
    await host.install({ install: ['shaky'], scripts: { skip: ['shaky.postinst'] } });
    expect(await first()).toMatchObject({
      'requested-skipped-scripts': ['shaky.postinst'],
      'skipped-scripts': [...skip, 'shaky.postinst'],
    });
    const { checksum } = await first();
    expect((await host.install({ install: ['shaky'], idempotent: true })).unchanged).toBe(true);
    const { scripts } = await host.install({ install: ['quiet'] });
    expect(scripts.map((r) => `${r.package} ${r.state}`)).toContain('shaky skipped');
    expect((await first()).checksum).not.toBe(checksum);
    const before = await host.status();
    await expect(
      host.uninstall({ packages: [], scripts: { unskip: ['shaky.postinst'] } }),
    ).rejects.toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
    expect(await host.status()).toEqual(before);
    await expect(
      host.uninstall({ packages: [], scripts: { unskip: ['quiet.postinst'] } }),
    ).rejects.toMatchObject({ code: 'ERR_USAGE', hint: 'it skips: shaky.postinst' });
    await host.uninstall({ packages: ['shaky'] });
    expect(await first()).toMatchObject({ 'requested-skipped-scripts': [], 'skipped-scripts': skip });
  });

  it('may be one that the host goes on to skip for nothing', async () => {
    await host.install({ install: [], scripts: { skip: ['quiet.postinst'] } });
    expect(await first()).toMatchObject({ 'requested-skipped-scripts': ['quiet.postinst'] });
    await host.uninstall({ packages: ['good'], scripts: { unskip: ['quiet.postinst'] } });
    expect(await first()).toMatchObject({ 'requested-skipped-scripts': [], 'skipped-scripts': skip });
  });
});
