import { describe, expect, test } from 'vitest';
import { readBase } from '../../lib/assembly/base-reader.ts';
import { Tree } from '../../lib/assembly/tree.ts';
import { plainView } from '../../lib/layout/plain-view.ts';
import { layOut } from '../../lib/layout/to-ostree.ts';
import { noObjects } from '../helpers/no-objects.ts';
import { MemoryTree } from './memory-tree.ts';

function skeleton(): MemoryTree {
  const tree = new MemoryTree();
  for (const path of ['/usr', '/usr/etc', '/usr/lib', '/usr/lib/modules', '/usr/share', '/var', '/boot'])
    tree.dir(path);
  return tree
    .file('/usr/etc/passwd', 'root:x:0:0::/root:/bin/sh\n')
    .dir('/usr/lib/modules/6.1')
    .file('/usr/lib/modules/6.1/vmlinuz', 'kernel')
    .link('/home', 'var/home')
    .link('/root', 'var/roothome')
    .link('/usr/local', '../var/usrlocal');
}

async function plain(tree: MemoryTree): Promise<MemoryTree> {
  return tree.with((await plainView(tree)).changes);
}

describe('plainView of a tree that another tool has laid out', () => {
  test('finds the dpkg database that Debian’s own example keeps', async () => {
    const base = skeleton().dir('/usr/share/dpkg').dir('/usr/share/dpkg/database');
    base.file('/usr/share/dpkg/database/status', 'Package: x\n');
    const tree = await plain(base);
    expect(tree.nodes.has('/var/lib/dpkg/status')).toBe(true);
    expect(tree.nodes.has('/etc/passwd')).toBe(true);
    expect(tree.nodes.has('/boot/vmlinuz-6.1')).toBe(true);
    expect(tree.nodes.get('/home')).toMatchObject({ type: 'dir', mode: 0o755 });
    expect(tree.nodes.get('/root')).toMatchObject({ type: 'dir', mode: 0o700 });
    const view = await plainView(base);
    expect(view.place('/var/lib/dpkg/status')).toBe('/usr/share/dpkg/database/status');
    expect(view.place('/usr/share/dpkg/database')).toBeNull();
    expect(view.place('/home')).toBeNull();
    expect(view.made.map(({ path }) => path)).toContain('/home');
  });

  test('shows what is made of nothing to a transaction on it', async () => {
    const base = skeleton().dir('/usr/lib/sysimage').dir('/usr/lib/sysimage/dpkg');
    base.file('/usr/lib/sysimage/dpkg/status', 'Package: x\n');
    const view = await plainView(base);
    const source = {
      place: view.place,
      mounts: view.mounts,
      made: view.made,
      lookup: (places: string[]) => base.lookup(places),
      list: (place: string, depth: number) => base.list(place, Math.max(depth, 0)),
    };
    const tree = new Tree(readBase(source), noObjects);
    expect(await tree.lookup('/var/lib/dpkg/status')).toMatchObject({ type: 'file' });
    expect((await tree.list('/', 1)).map(({ path }) => path)).toEqual([
      '/boot',
      '/etc',
      '/home',
      '/media',
      '/mnt',
      '/opt',
      '/root',
      '/srv',
      '/usr',
      '/var',
    ]);
    expect(base.with(await view.layer()).lines()).toEqual((await plain(base)).lines());
    const shown = (await tree.list('/')).map(({ path }) => path);
    expect(shown).toEqual([...(await plain(base)).nodes.keys()].filter((path) => path !== '/').sort());
  });

  test('keeps a /var that the commit has', async () => {
    const base = skeleton().dir('/var/lib').dir('/var/lib/dpkg').file('/var/lib/dpkg/status', 'Package: x\n');
    const view = await plainView(base);
    expect(view.place('/var/lib/dpkg/status')).toBe('/var/lib/dpkg/status');
    expect((await plain(base)).nodes.has('/var/lib/dpkg/status')).toBe(true);
  });

  test('and takes it into the layout of this engine', async () => {
    const base = skeleton().dir('/usr/lib/sysimage').dir('/usr/lib/sysimage/dpkg');
    base.file('/usr/lib/sysimage/dpkg/status', 'Package: x\n');
    const tree = await plain(base);
    const again = tree.with(await layOut(tree));
    expect(again.nodes.has('/usr/lib/sysimage/dpkg/status')).toBe(true);
    expect(again.nodes.has('/usr/lib/modules/6.1/vmlinuz')).toBe(true);
    expect((await plain(again)).lines()).toEqual(tree.lines());
  });

  test('leaves a plain tree as it is', async () => {
    const tree = new MemoryTree();
    for (const path of [
      '/etc',
      '/var',
      '/var/lib',
      '/home',
      '/root',
      '/srv',
      '/mnt',
      '/media',
      '/opt',
      '/usr',
    ])
      tree.dir(path);
    tree.dir('/usr/local');
    expect((await plainView(tree)).changes).toEqual([]);
  });
});
