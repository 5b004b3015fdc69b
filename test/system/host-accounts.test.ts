import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../lib/system/engine.ts';
import type { AptOstreeSystem } from '../../lib/system/types.ts';
import { execute, run } from '../helpers/run.ts';
import { ACCOUNT_PACKAGES, drift, parseNumbers } from './account-packages.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

/** What somebody has added on a host, with a password, and with a line that is no account. */
const LOCAL = {
  passwd: 'local:x:102:102::/home/local:/bin/sh\ndelta:$6$secret:103:103::/:/bin/sh\n+@netgroup::::::\n',
  group: 'local:x:102:\ndelta:$6$secret:103:local\n',
};

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem(ACCOUNT_PACKAGES);
});
afterAll(async () => {
  // libostree marks deployments immutable, which would keep the folder.
  await execute('chattr', ['-R', '-i', join(s.dir, 'sysroot/ostree/deploy')], { ok: [0, 1] });
  await s?.[Symbol.asyncDispose]();
});

describe('accounts of a host', () => {
  let host: AptOstreeSystem;
  const deployed = async () => {
    const { checksum } = (await host.status()).deployments[0]!;
    return join(s.dir, 'sysroot/ostree/deploy/debian/deploy', `${checksum}.0`);
  };
  const numbers = async () => parseNumbers(await readFile(join(await deployed(), 'usr/etc/passwd'), 'utf8'));

  beforeAll(async () => {
    const treefile = s.treefile({ ref: 'test/host', packages: ['small-kernel'], initramfs: 'none' });
    await s.system.composeTree({ treefile });
    const options = { sysroot: join(s.dir, 'sysroot'), cacheDir: join(s.dir, 'host-cache') };
    await (await openEngine({ ...options, repo: s.repo })).deploy({ rev: 'test/host' });
    host = await openEngine({ ...options, repos: [s.archive.stanza()] });
  });

  it('keep their numbers when more packages come, and when others go', async () => {
    await host.install({ install: ['beta'] });
    await host.install({ install: ['alpha'] });
    expect(await numbers()).toMatchObject({ alpha: '101', beta: '100' });
    expect((await host.install({ install: ['alpha'], idempotent: true })).unchanged).toBe(true);
    await host.uninstall({ packages: ['beta'] });
    expect(await numbers()).toMatchObject({ alpha: '101' });
    await expect(host.install({ install: ['beta', 'stubborn'] })).rejects.toMatchObject(
      drift('beta has number 555, and had 100'),
    );
  });

  it('reach a host whose /etc/passwd was edited', async () => {
    const edited = join(await deployed(), 'etc/passwd');
    await writeFile(edited, `${await readFile(edited, 'utf8')}admin:x:1000:1000::/home/admin:/bin/sh\n`);
    await host.install({ install: ['beta'] });
    const root = await deployed();
    const kept = parseNumbers(await readFile(join(root, 'etc/passwd'), 'utf8'));
    expect(kept).toMatchObject({ admin: '1000' });
    expect(kept).not.toHaveProperty('beta');
    await run('systemd-sysusers', [`--root=${root}`]);
    expect(parseNumbers(await readFile(join(root, 'etc/passwd'), 'utf8'))).toMatchObject({
      admin: '1000',
      alpha: '101',
      beta: '100',
    });
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toContain('beta:x:100:\n');
  });

  it('of its own keep their numbers: packages get others, and the same for the same name', async () => {
    const root = await deployed();
    for (const [file, text] of Object.entries(LOCAL)) await appendFile(join(root, 'etc', file), text);
    await host.install({ install: ['gamma', 'delta'] });
    expect(await numbers()).toMatchObject({ alpha: '101', beta: '100', gamma: '104', delta: '103' });
    expect(await numbers()).not.toHaveProperty('local');
    const next = await deployed();
    expect(await readFile(join(next, 'usr/etc/shadow'), 'utf8')).toContain('delta:!*:::::::\n');
    const record = await readFile(join(next, 'usr/lib/sysimage/apt-ostree/accounts'), 'utf8');
    expect(record).toMatch(/^delta passwd delta:x:103:103:/m);
    expect(record).not.toMatch(/local|secret/);
    expect((await host.install({ install: ['gamma'], idempotent: true })).unchanged).toBe(true);
  });
});
