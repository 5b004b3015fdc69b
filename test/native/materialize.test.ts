import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../lib/native/types.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { committedFolder, describeFolder, dir, remove, timedEntries } from './folder-fixture.ts';

type Fixture = Awaited<ReturnType<typeof committedFolder>>;

/** Layers over the committed folder, given lowest first; what overlayfs makes of them is listed by `find`. */
async function stack(t: Fixture, ...layers: Change[][]): Promise<string[]> {
  const lowers: string[] = ['base'];
  await t.repo.checkout('main', t.temp.file('base'), { how: 'hardlink' });
  for (const [i, changes] of layers.entries()) {
    await mkdir(t.temp.file(`layer${i}`));
    await t.repo.materialize(t.temp.file(`layer${i}`), changes, { overlay: true });
    lowers.unshift(`layer${i}`);
  }
  await mkdir(t.temp.file('merged'));
  const script = `mount -t overlay overlay -o lowerdir=${lowers.join(':')} merged
    find merged -mindepth 1 -printf '/%P %y\\n' | LC_ALL=C sort`;
  const listed = await run('unshare', ['-m', 'sh', '-ec', script], { cwd: t.temp.path });
  return listed.trim().split('\n');
}

describe.runIf(await machineHas('root', 'overlay'))('a layer under overlayfs', () => {
  it('shows what was put in and hides what was removed', async () => {
    await using t = await committedFolder();
    const seen = await stack(t, [
      dir('/usr'),
      dir('/usr/bin'),
      remove('/usr/bin/alias'),
      await t.object('/usr/bin/tool', '/usr/bin/tool2'),
      await t.object('/usr/bin/alias', '/usr/bin/link'),
      remove('/etc'),
    ]);
    expect(seen).toContain('/usr/bin/tool2 f');
    expect(seen).toContain('/usr/bin/link l');
    expect(seen).toContain('/usr/bin/tool f');
    expect(seen.filter((line) => /alias|etc/.test(line))).toEqual([]);
  });

  it('hides a directory that was removed and made anew', async () => {
    await using t = await committedFolder();
    const seen = await stack(t, [
      dir('/usr'),
      remove('/usr/bin'),
      dir('/usr/bin'),
      await t.object('/usr/bin/tool', '/usr/bin/new'),
      remove('/usr/bin/ping'),
    ]);
    expect(seen.filter((line) => line.startsWith('/usr/bin/'))).toEqual(['/usr/bin/new f']);
  });

  it('puts a directory in the place of a link, and a link in the place of a directory', async () => {
    await using t = await committedFolder();
    const seen = await stack(t, [
      dir('/bin'),
      await t.object('/usr/bin/tool', '/bin/sh'),
      remove('/var'),
      await t.object('/bin', '/var'),
    ]);
    expect(seen.filter((line) => /^.(bin|var)/.test(line))).toEqual(['/bin d', '/bin/sh f', '/var l']);
  });

  it('lets a later layer bring back what an earlier one hid', async () => {
    await using t = await committedFolder();
    const back = [dir('/etc'), await t.object('/etc/shadow', '/etc/back')];
    const seen = await stack(t, [remove('/etc')], back);
    expect(seen.filter((line) => line.startsWith('/etc'))).toEqual(['/etc d', '/etc/back f']);
  });
});

describe.runIf(await machineHas('root'))('a folder with changes made real', () => {
  it('holds the objects themselves, with owners, modes and times', async () => {
    await using t = await committedFolder();
    const layer = t.temp.file('layer');
    await mkdir(layer);
    const { links } = await t.repo.materialize(
      layer,
      [
        { op: 'dir', path: '/', mode: 0o711, uid: 1, gid: 2 },
        { op: 'dir', path: '/d', mode: 0o2770, uid: 3, gid: 4, from: `${t.root}/etc` },
        await t.object('/usr/bin/tool', '/d/tool'),
        await t.object('/usr/bin/alias', '/d/alias'),
      ],
      { overlay: true },
    );
    expect(links).toBe(2);
    expect(await describeFolder(layer)).toEqual([
      '/d 42770 3:4',
      '/d/alias 120777 5:6 -> tool',
      '/d/tool 104755 3:4',
    ]);
    expect((await lstat(`${layer}/d/tool`)).nlink).toBe(2);
    expect(await lstat(layer)).toMatchObject({ uid: 1, gid: 2 });
    expect(await run('getfacl', ['-pn', `${layer}/d`])).toContain('default:user:8:rwx');
    expect(await timedEntries(layer)).toEqual([]);
  });

  it('takes files of other folders', async () => {
    await using t = await committedFolder();
    const layer = t.temp.file('layer');
    await mkdir(layer);
    const files = ['/usr/bin/ping', '/usr/bin/alias'];
    const changes: Change[] = files.map((f, i) => ({ op: 'file', path: `/${i}`, from: t.root + f }));
    await t.repo.materialize(layer, changes, { overlay: true });
    expect(await run('getcap', [`${layer}/0`])).toContain('cap_net_raw');
    expect((await lstat(`${layer}/1`)).isSymbolicLink()).toBe(true);
    expect((await lstat(`${layer}/0`)).mtimeMs).toBe(0);
  });

  it('without overlay really loses what was removed', async () => {
    await using t = await committedFolder();
    const out = t.temp.file('out');
    await t.repo.checkout('main', out, { how: 'copy' });
    await t.repo.materialize(out, [remove('/usr/bin'), remove('/none'), dir('/bin')], { overlay: false });
    const lines = (await describeFolder(out)).map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(lines).toContain('/bin 40755');
    expect(lines.filter((line) => line.startsWith('/usr/bin'))).toEqual([]);
  });

  it('never follows a link out of the folder', async () => {
    await using t = await committedFolder();
    const layer = t.temp.file('layer');
    const victim = t.temp.file('victim');
    await mkdir(layer);
    await mkdir(victim);
    await writeFile(`${victim}/file`, 'mine');
    await symlink(victim, `${layer}/link`);
    const through = [remove('/link/file'), dir('/link/d'), await t.object('/usr/bin/tool', '/link/file')];
    for (const change of through)
      await expect(t.repo.materialize(layer, [change], { overlay: true })).rejects.toMatchObject({
        code: 'ERR_UNSAFE_PATH',
      });
    await t.repo.materialize(layer, [remove('/link')], { overlay: true });
    expect(await readFile(`${victim}/file`, 'utf8')).toBe('mine');
    expect((await lstat(`${layer}/link`)).isCharacterDevice()).toBe(true);
  });

  it.each([
    ['a parent that is missing', [dir('/a/b')], 'ERR_OSTREE_NOT_FOUND'],
    [
      'an object that is missing',
      [{ op: 'object', path: '/a', checksum: 'a'.repeat(64) }],
      'ERR_OSTREE_NOT_FOUND',
    ],
    ['a move', [{ op: 'move', path: '/a', from: '/b' }], 'ERR_INTERNAL'],
  ] as [string, Change[], string][])('refuses %s', async (_, changes, code) => {
    await using t = await committedFolder();
    await mkdir(t.temp.file('layer'));
    const made = t.repo.materialize(t.temp.file('layer'), changes, { overlay: true });
    await expect(made).rejects.toMatchObject({ code });
  });
});
