import { expect, it } from 'vitest';
import { hardlinkGroups, scannedHardlinks } from '../../lib/assembly/hardlinks.ts';
import type { Incoming } from '../../lib/assembly/incoming.ts';
import { Tree } from '../../lib/assembly/tree.ts';
import type { DpkgDatabase } from '../../lib/dpkg/database.ts';
import type { ScannedEntry } from '../../lib/native/types.ts';
import { noObjects } from '../helpers/no-objects.ts';

const plainDatabase = { effectivePath: (path: string) => path } as unknown as DpkgDatabase;

function treeWith(files: Record<string, string>): Tree {
  const tree = new Tree({ peek: () => null, load: async () => {}, list: async () => [] }, noObjects);
  for (const [path, checksum] of Object.entries(files)) {
    const meta = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, checksum, from: '' } as const;
    tree.set(path, { meta, layer: null });
  }
  return tree;
}

function shipping(...members: [type: string, path: string, target: string][]): Incoming {
  const column = (index: number) => members.map((member) => member[index]);
  return {
    name: 'demo',
    manifest: { entries: { type: column(0), path: column(1), target: column(2) } },
  } as unknown as Incoming;
}

it('puts all names of a file into one group, also those of a chain', async () => {
  const tree = treeWith({ '/a': 'x', '/b': 'x', '/c': 'x', '/copy': 'x' });
  const incoming = shipping(['f', '/a', ''], ['h', '/b', '/a'], ['h', '/c', '/b'], ['f', '/copy', '']);
  expect(await hardlinkGroups({ tree, db: plainDatabase }, [], [incoming])).toEqual([['/a', '/b', '/c']]);
});

it('follows directories that are links, as the files did', async () => {
  const tree = treeWith({ '/usr/bin/a': 'x', '/usr/bin/b': 'x' });
  tree.set('/bin', {
    meta: { type: 'symlink', uid: 0, gid: 0, target: 'usr/bin', checksum: '', from: '' },
    layer: null,
  });
  const incoming = shipping(['f', '/bin/a', ''], ['h', '/bin/b', '/bin/a']);
  expect(await hardlinkGroups({ tree, db: plainDatabase }, [], [incoming])).toEqual([
    ['/usr/bin/a', '/usr/bin/b'],
  ]);
});

it('keeps those of before as far as they still are the same file', async () => {
  const tree = treeWith({ '/a': 'x', '/b': 'x', '/c': 'changed', '/d': 'y', '/e': 'z' });
  const before = [
    ['/a', '/b', '/c'],
    ['/d', '/e'],
    ['/gone', '/gone-too'],
  ];
  expect(await hardlinkGroups({ tree, db: plainDatabase }, before, [])).toEqual([['/a', '/b']]);
});

it('takes those that a script made, also of a file that it did not change', async () => {
  const entry = (path: string, hardlink: string): ScannedEntry => ({
    path,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 1,
    mtime: 0,
    target: null,
    opaque: false,
    xattrs: [],
    hardlink,
  });
  const made = scannedHardlinks([entry('/new', '1:2'), entry('/old', '1:2'), entry('/alone', '')]);
  expect(made).toEqual([['/new', '/old']]);

  const content = Buffer.from('same');
  const tree = new Tree(
    { peek: () => null, load: async () => {}, list: async () => [] },
    {
      ...noObjects,
      readObjects: async () => [content],
    },
  );
  const meta = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 4, from: '' } as const;
  tree.set('/old', { meta: { ...meta, checksum: 'x' }, layer: null });
  tree.set('/new', { meta: { ...meta, checksum: '' }, layer: null, data: content });
  expect(await hardlinkGroups({ tree, db: plainDatabase }, made, [])).toEqual([['/new', '/old']]);
  tree.set('/new', { meta: { ...meta, checksum: '', mode: 0o600 }, layer: null, data: content });
  expect(await hardlinkGroups({ tree, db: plainDatabase }, made, [])).toEqual([]);
});
