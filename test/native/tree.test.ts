import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openRepo } from '../../lib/native/repo.ts';
import type { RepoMode } from '../../lib/native/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { requireRoot } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

await requireRoot();

/** A repository with a small tree, committed by the ostree program. */
async function sample(mode: RepoMode = 'bare') {
  const dir = await tempDir('tree');
  const root = dir.file('root');
  await mkdir(`${root}/usr/bin`, { recursive: true });
  await mkdir(`${root}/usr/bin-x`);
  await writeFile(`${root}/usr/bin/sh`, 'shell\n');
  await chown(`${root}/usr/bin/sh`, 5, 6);
  await chmod(`${root}/usr/bin/sh`, 0o4755);
  await writeFile(`${root}/usr/bin/größe`, '');
  await symlink('usr/bin', `${root}/bin`);
  await chown(`${root}/usr/bin-x`, 7, 8);
  await chmod(`${root}/usr/bin-x`, 0o2770);
  const repo = await openRepo(dir.file('repo'), { create: mode });
  const cli = ostreeCli(repo.path);
  await cli.run('commit', '-b', 'main', `--tree=dir=${root}`);
  return {
    repo,
    cli,
    async [Symbol.asyncDispose]() {
      repo.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe.each(['bare', 'archive'] as const)('a tree in a repository of mode %s', (mode) => {
  it('is looked up without following links', async () => {
    await using t = await sample(mode);
    const paths = [
      '/',
      '/usr/bin-x',
      '/usr/bin/sh',
      '/bin',
      '/bin/sh',
      '/usr/bin/sh/x/y',
      '/none',
      '/usr/none/x',
    ];
    const [root, dir, sh, link, blocked, file, ...missing] = await t.repo.lookup('main', paths);
    expect(root).toEqual({ type: 'dir', mode: 0o755, uid: 0, gid: 0 });
    expect(dir).toEqual({ type: 'dir', mode: 0o2770, uid: 7, gid: 8 });
    expect(sh).toMatchObject({ type: 'file', mode: 0o4755, uid: 5, gid: 6, size: 6 });
    expect(link).toMatchObject({ type: 'symlink', uid: 0, gid: 0, target: 'usr/bin' });
    expect(blocked).toEqual({ type: 'blocked', at: '/bin', target: 'usr/bin' });
    expect(file).toEqual({ type: 'blocked', at: '/usr/bin/sh', target: null });
    expect(missing).toEqual([null, null]);
  });

  it('is listed as ostree lists it', async () => {
    await using t = await sample(mode);
    const ours = (await t.repo.listTree('main', '/')).map((entry) => entry.path);
    expect(ours).toEqual(['/bin', '/usr', '/usr/bin', '/usr/bin/größe', '/usr/bin/sh', '/usr/bin-x']);
    const theirs = (await t.cli.ls('main')).map((entry) => entry.path).filter((path) => path !== '/');
    expect([...ours].sort()).toEqual(theirs.sort());
    const one = await t.repo.listTree('main', '/usr', { depth: 1 });
    expect(one.map((entry) => entry.path)).toEqual(['/usr/bin', '/usr/bin-x']);
    expect(await t.repo.listTree('main', '/bin')).toEqual([]);
    expect(await t.repo.listTree('main', '/none')).toEqual([]);
  });

  it('gives the contents of its files', async () => {
    await using t = await sample(mode);
    const contents = await t.repo.readFiles('main', ['/usr/bin/sh', '/usr/bin/größe', '/bin', '/usr', '/no']);
    expect(contents.map((c) => c?.toString())).toEqual(['shell\n', '', undefined, undefined, undefined]);
    const [sh, link] = await t.repo.lookup('main', ['/usr/bin/sh', '/bin']);
    if (sh?.type !== 'file' || link?.type !== 'symlink') throw new Error('the sample is another one');
    expect((await t.repo.readObjects([sh.checksum])).map(String)).toEqual(['shell\n']);
    await using dir = await tempDir('bytes');
    for (const content of ['shell\n', 'shall\n', 'shell', '']) {
      await writeFile(dir.file('file'), content);
      expect(await t.repo.hasBytesOf(sh.checksum, dir.file('file'))).toBe(content === 'shell\n');
      expect(await t.repo.hasBytesOf(link.checksum, dir.file('file'))).toBe(false);
    }
    await expect(t.repo.hasBytesOf(sh.checksum, dir.file('none'))).rejects.toMatchObject({
      code: 'ERR_SYSTEM',
    });
    await symlink('file', dir.file('link'));
    await expect(t.repo.hasBytesOf(sh.checksum, dir.file('link'))).rejects.toMatchObject({
      code: 'ERR_SYSTEM',
    });
    await expect(t.repo.readObjects([link.checksum])).rejects.toMatchObject({ code: 'ERR_OSTREE' });
    await expect(t.repo.readObjects(['0'.repeat(64)])).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
  });
});

it('compares an object of many blocks with a file', async () => {
  await using dir = await tempDir('blocks');
  const bytes = Buffer.alloc(600_000, 'block');
  await mkdir(dir.file('root'));
  await writeFile(dir.file('root/large'), bytes);
  await using repo = await openRepo(dir.file('repo'), { create: 'archive' });
  await run('ostree', ['commit', `--repo=${repo.path}`, '--branch=main', `--tree=dir=${dir.file('root')}`]);
  const [large] = await repo.lookup('main', ['/large']);
  if (large?.type !== 'file') throw new Error('the object is no file');
  expect(await repo.hasBytesOf(large.checksum, dir.file('root/large'))).toBe(true);
  for (const at of [0, 262_143, 262_144, 599_999]) {
    const other = Buffer.from(bytes);
    other[at]! ^= 1;
    await writeFile(dir.file('other'), other);
    expect(await repo.hasBytesOf(large.checksum, dir.file('other'))).toBe(false);
  }
});

describe('paths and revisions', () => {
  it.each(['usr', '/usr/', '//usr', '/usr/../usr', '/./usr', ''])('refuses the path %j', async (path) => {
    await using t = await sample();
    await expect(t.repo.lookup('main', [path])).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' });
  });

  it('names a commit that is not there', async () => {
    await using t = await sample();
    await expect(t.repo.lookup('other', ['/'])).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
    await expect(t.repo.lookup('f'.repeat(64), ['/'])).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
  });
});
