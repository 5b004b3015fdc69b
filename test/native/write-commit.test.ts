import { chmod, chown, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import type { Change, CommitRequest } from '../../lib/native/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { requireRoot } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

await requireRoot();

const dir = (path: string, mode = 0o755): Change => ({ op: 'dir', path, mode, uid: 0, gid: 0 });
const remove = (path: string): Change => ({ op: 'remove', path });
const move = (from: string, path: string): Change => ({ op: 'move', from, path });

async function bench() {
  const temp = await tempDir('fold');
  const root = temp.file('root');
  await mkdir(root);
  const repo = await openRepo(temp.file('repo'), { create: 'bare' });
  const cli = ostreeCli(repo.path);
  return {
    repo,
    cli,
    root,
    file: temp.file,
    write: (request: CommitRequest) => inTransaction(repo, () => repo.writeCommit(request)),
    /** Writes a file and gives its change. */
    async put(path: string, content: string, mode = 0o644): Promise<Change> {
      const from = temp.file(`put${Math.random()}`);
      await writeFile(from, content);
      await chmod(from, mode);
      return { op: 'file', path, from };
    },
    /** The content checksum of what the ostree program makes of the folder `root`. */
    async reference(): Promise<string> {
      const commit = (await cli.run('commit', '--orphan', `--tree=dir=${root}`)).trim();
      return (await repo.readCommit(commit)).rootChecksum;
    },
    async [Symbol.asyncDispose]() {
      repo.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

async function inTransaction<T>(repo: Repo, body: () => Promise<T>): Promise<T> {
  await using txn = await repo.transaction();
  const value = await body();
  await txn.commit();
  return value;
}

describe('a commit written from changes', () => {
  it('has the tree that ostree makes of the same files', async () => {
    await using t = await bench();
    await mkdir(`${t.root}/usr/lib/x`, { recursive: true });
    await mkdir(`${t.root}/var/tmp`, { recursive: true });
    await chmod(`${t.root}/var/tmp`, 0o1777);
    await writeFile(`${t.root}/usr/lib/x/prog`, 'x'.repeat(600_000));
    await chown(`${t.root}/usr/lib/x/prog`, 3, 4);
    await chmod(`${t.root}/usr/lib/x/prog`, 0o4755);
    await writeFile(`${t.root}/usr/lib/empty`, '');
    await symlink('usr/lib', `${t.root}/lib`);
    const written = await t.write({
      base: null,
      changes: [
        dir('/usr'),
        dir('/usr/lib'),
        dir('/usr/lib/x'),
        dir('/var'),
        dir('/var/tmp', 0o1777),
        { op: 'file', path: '/usr/lib/x/prog', from: `${t.root}/usr/lib/x/prog` },
        { op: 'file', path: '/usr/lib/empty', from: `${t.root}/usr/lib/empty` },
        { op: 'file', path: '/lib', from: `${t.root}/lib` },
      ],
    });
    expect(written.rootChecksum).toBe(await t.reference());
    expect(written).toMatchObject({ objectsReused: 0, bytesWritten: 600_000 });
    expect(await t.cli.fsck()).toBeNull();
  });

  it('keeps capabilities and access lists, and none of the overlay', async () => {
    await using t = await bench();
    await mkdir(`${t.root}/d`);
    await writeFile(`${t.root}/d/ping`, 'ping');
    await run('setcap', ['cap_net_raw+ep', `${t.root}/d/ping`]);
    await run('setfacl', ['-m', 'u:7:rx', `${t.root}/d/ping`]);
    await run('setfacl', ['-m', 'd:u:8:rwx', `${t.root}/d`]);
    const expected = await t.reference();
    await run('setfattr', ['-n', 'trusted.overlay.opaque', '-v', 'y', `${t.root}/d`]);
    await run('setfattr', ['-n', 'trusted.overlay.origin', '-v', 'x', `${t.root}/d/ping`]);
    const changes: Change[] = [
      { op: 'dir', path: '/d', mode: 0o755, uid: 0, gid: 0, from: `${t.root}/d` },
      { op: 'file', path: '/d/ping', from: `${t.root}/d/ping` },
    ];
    const written = await t.write({ base: null, changes });
    expect(written.rootChecksum).toBe(expected);
    await t.cli.run('checkout', written.commit, t.file('out'));
    expect(await run('getcap', [t.file('out/d/ping')])).toContain('cap_net_raw=ep');
    expect(await run('getfacl', ['-pn', t.file('out/d/ping')])).toContain('user:7:r-x');
    expect(await run('getfacl', ['-pn', t.file('out/d')])).toContain('default:user:8:rwx');
  });

  it('applies changes to a base in order', async () => {
    await using t = await bench();
    const base = await t.write({
      base: null,
      changes: [
        dir('/etc', 0o700),
        await t.put('/etc/passwd', 'root'),
        dir('/etc/default'),
        await t.put('/etc/default/x', 'x'),
        dir('/usr'),
        dir('/opt'),
        await t.put('/opt/gone', 'gone'),
        await t.put('/usr/file', 'file'),
      ],
    });
    const changed = await t.write({
      base: base.commit,
      parent: base.commit,
      changes: [
        move('/etc', '/usr/etc'),
        remove('/opt/gone'),
        remove('/not/there'),
        dir('/usr/file'),
        await t.put('/usr/file/new', 'new'),
        await t.put('/opt/again', 'first'),
        await t.put('/opt/again', 'second', 0o600),
        dir('/', 0o711),
      ],
    });
    expect(changed.commit).not.toBe(base.commit);
    await mkdir(`${t.root}/usr/etc/default`, { recursive: true });
    await chmod(`${t.root}/usr/etc`, 0o700);
    await writeFile(`${t.root}/usr/etc/passwd`, 'root');
    await writeFile(`${t.root}/usr/etc/default/x`, 'x');
    await mkdir(`${t.root}/opt`);
    await writeFile(`${t.root}/opt/again`, 'second', { mode: 0o600 });
    await mkdir(`${t.root}/usr/file`);
    await writeFile(`${t.root}/usr/file/new`, 'new');
    await chmod(t.root, 0o711);
    expect(changed.rootChecksum).toBe(await t.reference());
    expect((await t.repo.readCommit(changed.commit)).parent).toBe(base.commit);
  });

  it('is undone by the changes the other way round', async () => {
    await using t = await bench();
    const base = await t.write({
      base: null,
      changes: [dir('/a'), dir('/a/b'), await t.put('/a/b/f', 'f'), dir('/c')],
    });
    const there = await t.write({ base: base.commit, changes: [move('/a/b', '/c/b'), remove('/a')] });
    const back = await t.write({ base: there.commit, changes: [dir('/a'), move('/c/b', '/a/b')] });
    expect(back.rootChecksum).toBe(base.rootChecksum);
  });

  it('takes objects of the repository', async () => {
    await using t = await bench();
    const base = await t.write({ base: null, changes: [dir('/a'), await t.put('/a/f', 'content', 0o755)] });
    const [node] = await t.repo.lookup(base.commit, ['/a/f']);
    if (node?.type !== 'file') throw new Error('not the file that was written');
    const checksum = node.checksum;
    const copy = await t.write({ base: base.commit, changes: [{ op: 'object', path: '/b', checksum }] });
    expect(await t.cli.cat(copy.commit, '/b')).toBe('content');
    const nothing: Change = { op: 'object', path: '/b', checksum: '0'.repeat(64) };
    await expect(t.write({ base: base.commit, changes: [nothing] })).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
  });

  it('carries its metadata, and is the same commit for the same request', async () => {
    await using t = await bench();
    const request = {
      base: null,
      changes: [dir('/a')],
      subject: 'Subject',
      body: 'Body\n',
      timestamp: 1_700_000_000,
      metadata: { b: true, a: 'text', list: ['x', 'ü'] },
    };
    const { commit } = await t.write(request);
    const { a, b, list } = request.metadata;
    expect((await t.write({ ...request, metadata: { list, b, a } })).commit).toBe(commit);
    const { base, changes, ...rest } = request;
    expect(await t.repo.readCommit(commit)).toMatchObject(rest);
    expect(await t.cli.run('show', '--print-metadata-key=list', commit)).toContain("['x', 'ü']");
    expect(await t.cli.run('show', commit)).toContain('Subject');
  });
});

describe('a commit is refused', () => {
  it.each([
    ['a parent that is missing', [dir('/a/b')], 'ERR_OSTREE_NOT_FOUND'],
    ['a parent that is a file', [dir('/f/b')], 'ERR_UNSAFE_PATH'],
    ['a move of nothing', [move('/none', '/x')], 'ERR_OSTREE_NOT_FOUND'],
    ['a move into itself', [move('/d', '/d/e')], 'ERR_UNSAFE_PATH'],
    ['a path that is not canonical', [remove('/d/../x')], 'ERR_UNSAFE_PATH'],
    ['the removal of the root', [remove('/')], 'ERR_UNSAFE_PATH'],
    ['a file that is a device', [{ op: 'file', path: '/x', from: '/dev/null' }], 'ERR_UNSAFE_PATH'],
    ['a file that is missing', [{ op: 'file', path: '/x', from: '/none' }], 'ERR_SYSTEM'],
    ['a mode with a file type', [dir('/x', 0o40755)], 'ERR_INTERNAL'],
  ] as [string, Change[], string][])('for %s', async (_, changes, code) => {
    await using t = await bench();
    const base = await t.write({ base: null, changes: [dir('/d'), await t.put('/f', 'f')] });
    await expect(t.write({ base: base.commit, changes })).rejects.toMatchObject({ code });
  });

  it('without a transaction', async () => {
    await using t = await bench();
    const request = { base: null, changes: [dir('/d')] };
    await expect(t.repo.writeCommit(request)).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  });
});

describe('a transaction that is aborted', () => {
  it('leaves neither objects nor staged files', async () => {
    await using t = await bench();
    const txn = await t.repo.transaction();
    const { commit } = await t.repo.writeCommit({ base: null, changes: [dir('/d'), await t.put('/f', 'f')] });
    await t.repo.setRef('x', commit);
    expect((await t.repo.readCommit(commit)).checksum).toBe(commit);
    await txn.abort();
    await expect(t.repo.readCommit(commit)).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
    expect(await t.repo.listRefs()).toEqual({});
    const objects = await readdir(`${t.repo.path}/objects`, { recursive: true });
    expect(objects.filter((name) => name.includes('/'))).toEqual([]);
    expect((await readdir(`${t.repo.path}/tmp`)).filter((name) => name !== 'cache')).toEqual([]);
  });

  it('by a signal stops the writing', async () => {
    await using t = await bench();
    const from = t.file('big');
    await writeFile(from, Buffer.alloc(64_000_000));
    const changes = Array.from({ length: 300 }, (_, i): Change => ({ op: 'file', path: `/f${i}`, from }));
    await using _txn = await t.repo.transaction();
    const abort = new AbortController();
    const onProgress = () => abort.abort(new Error('enough'));
    const written = t.repo.writeCommit({ base: null, changes }, { signal: abort.signal, onProgress });
    await expect(written).rejects.toThrow('enough');
  });
});
