import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareMasks, readMasks } from '../../lib/scripts/masks/masks.ts';
import { execute } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

test('every mask says why', async () => {
  for (const mask of await readMasks()) {
    expect(mask.path).toMatch(/^\/(usr|etc)\//);
    expect(mask.reason.length).toBeGreaterThan(40);
    if (mask.path.startsWith('/usr/')) expect(mask.content[0]).toBe('#!/bin/sh');
  }
});

test('policy-rc.d always stands there and denies; others only where the tree has the file', async () => {
  await using dir = await tempDir('masks');
  const before = process.umask(0o077);
  const masks = await prepareMasks(dir.file('masks')).finally(() => process.umask(before));
  const none = await masks.select(async () => false);
  expect(none.length).toBe(1);
  const policy = join(none[0]!, 'usr/sbin/policy-rc.d');
  expect((await execute(policy, ['ssh', 'start'], { ok: [101] })).code).toBe(101);
  const asked: string[] = [];
  const all = await masks.select(async (path) => asked.push(path) > 0);
  expect(asked).toEqual(['/usr/sbin/update-initramfs', '/etc/hosts']);
  expect(all.length).toBe(3);

  for (const path of [none[0]!, join(none[0]!, 'usr'), join(none[0]!, 'usr/sbin'), policy]) {
    const { mode, uid, gid, mtimeMs } = await stat(path);
    expect([mode & 0o7777, uid, gid, mtimeMs]).toEqual([0o755, 0, 0, 0]);
  }
});

test('update-initramfs activates its trigger for a maintainer script and does nothing else', async () => {
  await using dir = await tempDir('masks');
  const masks = await prepareMasks(dir.path);
  const mask = join((await masks.select(async () => true))[1]!, 'usr/sbin/update-initramfs');
  const fake = dir.file('dpkg-trigger');
  await execute('sh', ['-c', `printf '#!/bin/sh\necho "$@"\n' > ${fake}; chmod +x ${fake}`]);
  const call = async (args: string[], env: Record<string, string>) =>
    (
      await execute(mask, args, { env: { PATH: `${dir.path}:${process.env.PATH}`, ...env } })
    ).stdout.toString();
  expect(await call(['-u'], { DPKG_MAINTSCRIPT_PACKAGE: 'foo' })).toBe('--no-await update-initramfs\n');
  expect(await call(['-u'], { DPKG_MAINTSCRIPT_PACKAGE: '' })).toBe('');
  expect(await call(['-c', '-k', 'all'], { DPKG_MAINTSCRIPT_PACKAGE: 'foo' })).toBe('');
});
