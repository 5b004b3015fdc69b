import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readBase } from '../../lib/assembly/base-reader.ts';
import { absorbScan } from '../../lib/assembly/scan.ts';
import { Tree } from '../../lib/assembly/tree.ts';
import { layerNode } from '../../lib/assembly/tree-node.ts';
import type { ScannedEntry } from '../../lib/native/types.ts';
import { noObjects } from '../helpers/no-objects.ts';
import { tempDir } from '../helpers/temp.ts';

const PATH = '/var/cache/templates';

/** What is recorded when a script leaves this content where a layer had `before`, at any time of day. */
async function changes(before: string, after: string, mtime: number, size = 0) {
  await using dir = await tempDir('scan');
  const folder = async (name: string, content: string) => {
    const file = join(dir.file(name), PATH);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    if (size > 0) await truncate(file, size);
    return { dir: dir.file(name), moved: null };
  };
  const owner = { mode: 0o644, uid: 0, gid: 0 };
  const tree = new Tree(readBase(null), noObjects);
  const lower = await folder('lower', before);
  tree.set(
    PATH,
    layerNode(PATH, lower, { type: 'file', ...owner, size: size || before.length, checksum: '', from: '' }),
  );
  const entry: ScannedEntry = {
    ...{ path: PATH, type: 'file', ...owner, size: size || after.length, mtime },
    ...{ target: null, opaque: false, xattrs: [], hardlink: '' },
  };
  return absorbScan(tree, await folder('upper', after), [entry]);
}

it('tells a change by its content, whatever the time of the file', async () => {
  for (const mtime of [0, 1, 1_800_000_000]) {
    expect(await changes('same', 'same', mtime)).toEqual([]);
    expect(await changes('some', 'more', mtime)).toMatchObject([{ path: PATH, kind: 'modified' }]);
  }
});

it('compares files that are larger than what fits into a buffer', async () => {
  const size = 2 ** 31 + 1;
  expect(await changes('same', 'same', 0, size)).toEqual([]);
  expect(await changes('some', 'more', 0, size)).toMatchObject([{ path: PATH, kind: 'modified' }]);
});
