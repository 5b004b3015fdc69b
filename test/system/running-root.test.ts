import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineHas } from '../helpers/root.ts';
import { execute } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';

// Nothing can be written where the command runs, and it has no right to change that: a guard that fails shows as
// another error, and harms nobody.
const SAFE = [
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--cap-drop', 'ALL', '--unshare-net'],
  ...(existsSync('/ostree') ? ['--tmpfs', '/ostree'] : []),
];

describe.runIf(await machineHas('root', 'sandbox'))('the root of the running machine', () => {
  let dir: TempDir;
  beforeAll(async () => {
    dir = await tempDir('root');
    await symlink('/', dir.file('link'));
  });
  afterAll(async () => dir?.[Symbol.asyncDispose]());

  async function deploy(sysroot: string) {
    const words = [
      'dist/cli/main.js',
      'deploy',
      'some/ref',
      `--sysroot=${sysroot}`,
      `--repo=${dir.path}`,
      '--json',
    ];
    const { stdout } = await execute('bwrap', [...SAFE, process.execPath, ...words], { ok: [1] });
    return JSON.parse(stdout.toString());
  }

  test.each(['/', '/usr/..', '/proc/self/root', 'link'])(
    'is not made a sysroot when it is called %s',
    async (name) => {
      expect(await deploy(name === 'link' ? dir.file('link') : name)).toMatchObject({
        error: { code: 'ERR_NO_DEPLOYMENT', message: 'this machine is not an OSTree host' },
      });
    },
  );

  test('is told from a folder in which nothing can be made', async () => {
    expect(await deploy(dir.path)).toMatchObject({ error: { code: 'ERR_SYSTEM' } });
  });
});
