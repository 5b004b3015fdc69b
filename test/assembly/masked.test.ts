import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { dropMasked } from '../../lib/assembly/masked.ts';
import { scanLayer } from '../../lib/native/sandbox.ts';
import { tempDir } from '../helpers/temp.ts';

test('copies of masked files go, what a script wrote itself stays', async () => {
  await using dir = await tempDir('masked');
  const [upper, mask] = [dir.file('upper'), dir.file('mask')];
  for (const folder of [upper, mask]) await mkdir(`${folder}/usr/sbin`, { recursive: true });
  for (const name of ['copied', 'changed', 'same-size', 'link', 'untouched'])
    await writeFile(`${mask}/usr/sbin/${name}`, 'mask\n');
  await writeFile(`${upper}/usr/sbin/copied`, 'mask\n', { mode: 0o600 });
  await writeFile(`${upper}/usr/sbin/changed`, 'mask\nand more\n');
  await writeFile(`${upper}/usr/sbin/same-size`, 'mine\n');
  await symlink('copied', `${upper}/usr/sbin/link`);

  const left = await dropMasked(upper, await scanLayer(upper), [mask]);
  const names = ['changed', 'link', 'same-size'].map((name) => `/usr/sbin/${name}`);
  expect(left.map((entry) => entry.path)).toEqual(['/', '/usr', '/usr/sbin', ...names]);
  expect(await scanLayer(upper)).toEqual(left.map((entry) => expect.objectContaining({ path: entry.path })));
  expect(await readFile(`${mask}/usr/sbin/copied`, 'utf8')).toBe('mask\n');
});
