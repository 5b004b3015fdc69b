import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { removeTree } from '../../lib/native/remove-tree.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

it('deletes a folder, but nothing that its links name', async () => {
  await using t = await tempDir('remove');
  await mkdir(t.file('tree/a/b'), { recursive: true });
  await mkdir(t.file('other'));
  await writeFile(t.file('other/file'), 'mine');
  await symlink(t.file('other'), t.file('tree/a/link'));
  await removeTree(`${t.file('tree')}/`);
  expect(existsSync(t.file('tree'))).toBe(false);
  expect(await readFile(t.file('other/file'), 'utf8')).toBe('mine');
  await symlink(t.file('other'), t.file('link'));
  await removeTree(t.file('link'));
  expect(existsSync(t.file('other/file'))).toBe(true);
});

it('has nothing to do where nothing is', async () => {
  await using t = await tempDir('remove');
  await removeTree(t.file('none'));
  await removeTree(t.file('none/below'));
});

// Only of paths that do not exist: were one accepted, nothing would be lost.
it.each(['/no-such-folder', '/no-such/../folder', '/no-such//folder', 'no-such/folder', '/no-such/.', ''])(
  'refuses %j',
  async (path) => {
    await expect(removeTree(path)).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' });
  },
);

it('goes hundreds of folders deep', async () => {
  await using t = await tempDir('remove');
  await run('sh', ['-ec', 'i=0; while [ $i -lt 900 ]; do mkdir d; cd d; i=$((i+1)); done'], { cwd: t.path });
  await removeTree(t.file('d'));
  expect(existsSync(t.file('d'))).toBe(false);
});

it.runIf(await machineHas('root'))('leaves what is mounted below', async () => {
  await using t = await tempDir('remove');
  await mkdir(t.file('tree/mnt'), { recursive: true });
  await mkdir(t.file('other'));
  await writeFile(t.file('other/file'), 'mine');
  await run('mount', ['--bind', t.file('other'), t.file('tree/mnt')]);
  try {
    await expect(removeTree(t.file('tree'))).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' });
  } finally {
    await run('umount', [t.file('tree/mnt')]);
  }
  expect(await readFile(t.file('other/file'), 'utf8')).toBe('mine');
});
