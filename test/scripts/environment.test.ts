import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scriptArguments, scriptEnvironment } from '../../lib/scripts/environment.ts';
import type { ScriptCall } from '../../lib/scripts/types.ts';
import { makeDeb } from '../helpers/deb.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

const CALL: ScriptCall = {
  package: 'probe',
  version: '1.0',
  architecture: 'all',
  script: 'postinst',
  args: ['configure', ''],
  path: '/var/lib/dpkg/info/probe.postinst',
  refcount: 1,
};

test('the program is the script, and an empty argument is one', () => {
  expect(scriptArguments(CALL)).toEqual(['/var/lib/dpkg/info/probe.postinst', 'configure', '']);
});

test('a script finds every variable that the dpkg of this machine gives it, with the same value', async () => {
  await using dir = await tempDir('environment');
  const seen = dir.file('seen');
  const postinst = `#!/bin/sh\ntr '\\0' '\\n' < /proc/$$/environ > ${seen}\n`;
  const deb = await makeDeb(dir.path, { control: { Package: 'probe' }, scripts: { postinst } });
  const root = dir.file('root');
  await mkdir(join(root, 'var/lib/dpkg/updates'), { recursive: true });
  await mkdir(join(root, 'var/lib/dpkg/info'), { recursive: true });
  await run('sh', ['-c', `: > ${root}/var/lib/dpkg/status`]);
  // Without a chroot the script sees other folders; those two variables are compared by name only.
  const force = ['--force-script-chrootless', '--force-not-root'];
  const apt = { DPKG_COLORS: 'never', DPKG_FRONTEND_LOCKED: 'true', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  await run('env', [
    '-i',
    ...Object.entries(apt).map(([k, v]) => `${k}=${v}`),
    'dpkg',
    `--root=${root}`,
    ...force,
    '-i',
    deb.path,
  ]);

  const version = await run('dpkg-query', ['-W', '-f', '${Version}', 'dpkg']);
  const ours: Record<string, string> = scriptEnvironment(CALL, {
    dpkgVersion: version,
    sourceDateEpoch: 86400,
  });
  const lines = (await readFile(seen, 'utf8')).trimEnd().split('\n');
  const theirs = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(Object.keys(theirs).length).toBeGreaterThan(10);
  for (const [name, value] of Object.entries(theirs)) {
    if (name === 'PWD' || name === '_' || name === 'OLDPWD' || name === 'SHLVL') continue;
    expect(Object.keys(ours)).toContain(name);
    if (!['DPKG_ROOT', 'DPKG_ADMINDIR', 'DPKG_FORCE'].includes(name))
      expect([name, ours[name]]).toEqual([name, value]);
  }
  expect(ours).toMatchObject({ DPKG_ROOT: '', DPKG_ADMINDIR: '/var/lib/dpkg', SOURCE_DATE_EPOCH: '86400' });
  expect(ours.HOME).toBe('/root');
});
