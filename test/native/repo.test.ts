import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openRepo } from '../../lib/native/repo.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { tempDir } from '../helpers/temp.ts';

const NOWHERE = 'a'.repeat(64);
const SAMPLE = '/usr/share/doc/bash';

/** An empty bare repository. */
async function newRepo() {
  const dir = await tempDir('repo');
  const repo = await openRepo(dir.file('repo'), { create: 'bare' });
  const cli = ostreeCli(repo.path);
  const commit = async (...args: string[]) => (await cli.run('commit', '--orphan', ...args, SAMPLE)).trim();
  return {
    repo,
    cli,
    commit,
    async [Symbol.asyncDispose]() {
      repo.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe('opening', () => {
  it('creates a repository that ostree accepts, with a working area', async () => {
    await using dir = await tempDir('repo');
    await using repo = await openRepo(dir.file('deep', 'repo'), { create: 'bare' });
    expect(repo.mode).toBe('bare');
    expect(existsSync(`${repo.path}/extensions/apt-ostree`)).toBe(true);
    expect(await ostreeCli(repo.path).fsck()).toBeNull();
    await using again = await openRepo(repo.path, { create: 'bare' });
    expect(again.mode).toBe('bare');
  });

  it('refuses a repository of another mode and one that is not there', async () => {
    await using dir = await tempDir('repo');
    (await openRepo(dir.file('r'), { create: 'archive' })).close();
    await expect(openRepo(dir.file('r'), { create: 'bare' })).rejects.toMatchObject({
      code: 'ERR_REPO_MODE',
    });
    await expect(openRepo(dir.file('none'))).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
  });

  it('fails every operation after close, which may be called twice', async () => {
    await using t = await newRepo();
    t.repo.close();
    t.repo.close();
    const closed = { code: 'ERR_CLOSED' };
    await expect(t.repo.listRefs()).rejects.toMatchObject(closed);
    await expect(t.repo.transaction()).rejects.toMatchObject(closed);
    expect(() => t.repo.mode).toThrow(expect.objectContaining(closed));
  });

  it('rejects with the reason of the signal', async () => {
    await using dir = await tempDir('repo');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(openRepo(dir.file('r'), { create: 'bare', signal })).rejects.toThrow('enough');
    expect(existsSync(dir.file('r'))).toBe(false);
  });
});

describe('refs', () => {
  it('are read as ostree wrote them', async () => {
    await using t = await newRepo();
    const first = await t.commit('-s', 'S', '--add-metadata-string=k=v');
    const second = await t.commit(`--parent=${first}`);
    await t.cli.run('refs', '--create=a/one', first);
    await t.cli.run('refs', '--create=other', second);
    expect(await t.repo.listRefs()).toEqual({ 'a/one': first, other: second });
    expect(await t.repo.listRefs('a')).toEqual({ 'a/one': first });
    expect(await t.repo.resolveRev('other^')).toBe(first);
    expect(await t.repo.resolveRev('none')).toBeNull();
    expect(await t.repo.resolveRev(first)).toBe(first);
    expect(await t.repo.resolveRev(first.slice(0, 6))).toBeNull();
    const read = await t.repo.readCommit('a/one');
    expect(read).toMatchObject({ checksum: first, parent: null, subject: 'S', metadata: { k: 'v' } });
    expect(await t.cli.run('show', 'a/one')).toContain(read.rootChecksum);
    await expect(t.repo.readCommit('none')).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
  });

  it('are compared before they are set', async () => {
    await using t = await newRepo();
    const [one, two] = [await t.commit('-s', '1'), await t.commit('-s', '2')];
    const moved = { code: 'ERR_REF_MOVED' };
    await t.repo.setRef('x', one, { expected: null });
    await expect(t.repo.setRef('x', two, { expected: null })).rejects.toMatchObject(moved);
    await expect(t.repo.setRef('x', two, { expected: NOWHERE })).rejects.toMatchObject(moved);
    await t.repo.setRef('x', two, { expected: one });
    expect(await t.cli.revParse('x')).toBe(two);
    await expect(t.repo.setRef('bad..//name', one)).rejects.toMatchObject({ code: 'ERR_OSTREE' });
    await t.repo.setRef('x', null, { expected: two });
    expect(await t.cli.refs()).toEqual([]);
  });

  it('move with the transaction, unless another moved them first', async () => {
    await using t = await newRepo();
    const one = await t.commit();
    const txn = await t.repo.transaction();
    await expect(t.repo.transaction()).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
    await t.repo.setRef('x', one, { expected: null });
    expect(await t.cli.refs()).toEqual([]);
    await t.cli.run('refs', '--create=x', one);
    await expect(txn.commit()).rejects.toMatchObject({ code: 'ERR_REF_MOVED' });
    await txn.abort();
    const next = await t.repo.transaction();
    await t.repo.setRef('y', one);
    await next.commit();
    expect((await t.cli.refs()).sort()).toEqual(['x', 'y']);
  });

  it('are won by one of many writers that race', async () => {
    await using t = await newRepo();
    const one = await t.commit();
    const handles = [t.repo, await openRepo(t.repo.path), await openRepo(t.repo.path)];
    const races = Array.from({ length: 21 }, (_, i) => handles[i % 3]!.setRef('x', one, { expected: null }));
    const results = await Promise.allSettled(races);
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    for (const handle of handles) handle.close();
  });
});
