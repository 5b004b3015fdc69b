import { describe, expect, it } from 'vitest';
import { type BaseSource, readBase } from '../../lib/assembly/base-reader.ts';
import { Tree } from '../../lib/assembly/tree.ts';
import type { FileMetadata } from '../../lib/assembly/types.ts';
import type { TreeNode as Found } from '../../lib/native/types.ts';
import { noObjects } from '../helpers/no-objects.ts';

const dir: FileMetadata = { type: 'dir', mode: 0o755, uid: 0, gid: 0 };
const file = (size = 1): FileMetadata => ({
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size,
  checksum: 'c'.repeat(64),
  from: '',
});
const link = (target: string): FileMetadata => ({
  type: 'symlink',
  uid: 0,
  gid: 0,
  target,
  checksum: 'd'.repeat(64),
  from: '',
});
const node = (meta: FileMetadata) => ({ meta, layer: null });

function base(
  places: Record<string, FileMetadata>,
  mounts: { plain: string; place: string }[] = [],
): BaseSource {
  const source: BaseSource = {
    mounts,
    place(plain) {
      for (const m of mounts) {
        if (plain === m.plain || plain.startsWith(`${m.plain}/`))
          return m.place + plain.slice(m.plain.length);
        if (plain === m.place || plain.startsWith(`${m.place}/`)) return null;
      }
      return plain;
    },
    lookup: async (paths) => paths.map((p) => (places[p] as Found | undefined) ?? null),
    list: async (place, depth) =>
      Object.entries(places)
        .filter(([p]) => p !== place && p !== '/' && (place === '/' || p.startsWith(`${place}/`)))
        .filter(
          ([p]) => depth <= 0 || p.slice(place === '/' ? 0 : place.length).split('/').length - 1 <= depth,
        )
        .map(([path, n]) => ({ path, node: n })),
  };
  return source;
}

const usr = {
  '/': dir,
  '/usr': dir,
  '/usr/bin': dir,
  '/usr/lib': dir,
  '/lib': link('usr/lib'),
  '/usr/bin/sh': file(),
};
const open = (places: Record<string, FileMetadata>, mounts?: { plain: string; place: string }[]) =>
  new Tree(readBase(base(places, mounts)), noObjects);

describe('Tree', () => {
  it('follows links of parent directories, not of the last component', async () => {
    const tree = open(usr);
    expect(await tree.resolve('/lib/x/y')).toBe('/usr/lib/x/y');
    expect(await tree.resolve('/lib')).toBe('/lib');
    expect(await tree.resolveDir('/lib')).toBe('/usr/lib');
  });

  it('refuses links in circles', async () => {
    const tree = open({ '/': dir, '/a': link('b'), '/b': link('a') });
    await expect(tree.resolve('/a/x')).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' });
  });

  it('hides the base below what was removed, and below a directory made in its place', async () => {
    const tree = open(usr);
    tree.set('/usr/bin', null);
    expect(await tree.lookup('/usr/bin/sh')).toBeNull();
    tree.set('/usr/bin', node(dir));
    expect(await tree.lookup('/usr/bin')).toEqual(dir);
    expect(await tree.lookup('/usr/bin/sh')).toBeNull();
    expect((await tree.list('/usr')).map((e) => e.path)).toEqual(['/usr/bin', '/usr/lib']);
    expect(tree.changes()).toEqual([['/usr/bin', { ...node(dir), fresh: true }]]);
  });

  it('lists a directory without what was removed from it', async () => {
    const tree = new Tree(readBase(base(usr)), noObjects);
    tree.set('/usr/bin/sh', null);
    expect(await tree.list('/usr/bin')).toEqual([]);
    expect((await tree.list('/usr')).map(({ path }) => path)).toEqual(['/usr/bin', '/usr/lib']);
    tree.set('/usr/bin', null);
    expect((await tree.list('/usr', 1)).map(({ path }) => path)).toEqual(['/usr/lib']);
  });

  it('keeps the base below a directory whose mode changes', async () => {
    const tree = open(usr);
    tree.set('/usr/bin', node({ ...dir, mode: 0o700 }));
    expect(await tree.lookup('/usr/bin/sh')).toEqual(file());
  });

  it('forgets what layers put below a directory that becomes a link', async () => {
    const tree = open(usr);
    tree.set('/usr/doc', node(dir));
    tree.set('/usr/doc/x', node(file()));
    tree.set('/usr/doc', node(link('bin')));
    expect(await tree.lookup('/usr/doc/x')).toBeNull();
    expect(await tree.resolve('/usr/doc/x')).toBe('/usr/bin/x');
    expect(tree.changes().map(([p]) => p)).toEqual(['/usr/doc']);
  });

  it('rolls back to a mark, also through removed directories', async () => {
    const tree = open(usr);
    tree.set('/usr/new', node(dir));
    tree.set('/usr/new/a', node(file(1)));
    tree.mark();
    tree.set('/usr/new/a', node(file(2)));
    tree.set('/usr/new', null);
    tree.set('/usr/bin/sh', null);
    tree.rollback();
    expect(await tree.lookup('/usr/new/a')).toEqual(file(1));
    expect(await tree.lookup('/usr/bin/sh')).toEqual(file());
    expect((await tree.list('/usr/new')).map((e) => e.path)).toEqual(['/usr/new/a']);
  });

  it('keeps an outer mark when an inner one is released', async () => {
    const tree = open(usr);
    tree.mark();
    tree.mark();
    tree.set('/usr/bin/sh', null);
    tree.release();
    tree.rollback();
    expect(await tree.lookup('/usr/bin/sh')).toEqual(file());
    expect(tree.changes()).toEqual([]);
  });

  it('shows a commit with the OSTree layout as a plain tree', async () => {
    const tree = open({ ...usr, '/usr/etc': dir, '/usr/etc/passwd': file(3) }, [
      { plain: '/etc', place: '/usr/etc' },
    ]);
    expect(await tree.lookup('/etc/passwd')).toEqual(file(3));
    expect(await tree.lookup('/usr/etc/passwd')).toBeNull();
    const all = (await tree.list('/')).map((e) => e.path);
    expect(all).toContain('/etc/passwd');
    expect(all.some((p) => p.startsWith('/usr/etc'))).toBe(false);
    expect((await tree.list('/', 1)).map((e) => e.path)).toEqual(['/etc', '/lib', '/usr']);
  });
});
