import { copyFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { execute } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

const check = ['scripts/check-native-surface.mjs'];

it('is what lib/native declares', async () => {
  const { stderr } = await execute(process.execPath, check);
  expect(stderr).toBe('');
});

it('is compared: another addon in the place of one is noticed', async () => {
  await using dir = await tempDir('surface');
  await copyFile('build/Release/apt.node', dir.file('apt.node'));
  await copyFile('build/Release/apt.node', dir.file('ostree.node'));
  const { stderr } = await execute(process.execPath, [...check, dir.path], { ok: [1] });
  expect(stderr).toContain('ostree.node exports resolve, which is not declared');
  expect(stderr).toContain('lib/native/ostree.ts declares openRepo, which ostree.node does not export');
  expect(stderr).toContain('lib/native/sysroot.ts declares sysrootDeploy');
});
