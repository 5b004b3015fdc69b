import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureInitramfs } from '../../lib/layout/initramfs.ts';
import { parseListing } from '../../lib/layout/initramfs-build.ts';
import { initramfsCache, keepInitramfs } from '../../lib/layout/initramfs-cache.ts';
import { imagePath, parseInitramfsRecord, recordPath } from '../../lib/layout/initramfs-record.ts';
import { bootKernel } from '../../lib/layout/kernel.ts';
import { objectChecksum } from '../../lib/layout/object-checksum.ts';
import { openRepo } from '../../lib/native/repo.ts';
import { initRepo } from '../helpers/ostree-cli.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { FolderStack, linkedCopy } from './folder-stack.ts';
import { realTree } from './real-tree.ts';

describe('the initramfs of a real tree', () => {
  let dir: TempDir;
  let stack: FolderStack;
  let kernel: string;
  const options = () => ({ logs: dir.path });

  beforeAll(async () => {
    await machineHas('root', 'overlay', 'sandbox', 'archive');
    dir = await tempDir('initramfs');
    await linkedCopy(await realTree(), dir.file('root'));
    await mkdir(dir.file('runs'));
    stack = new FolderStack(dir.file('root'), dir.file('runs'));
    kernel = await bootKernel(stack.tree);
    expect(await ensureInitramfs(stack, options())).toEqual({ kernel, how: 'built' });
  }, 900_000);

  afterAll(() => dir?.[Symbol.asyncDispose]());

  const replace = async (path: string, text: string) => {
    await rm(dir.file('root', path), { force: true });
    await writeFile(dir.file('root', path), text, { mode: 0o755 });
  };

  test('finds deployments and is kept while nothing in it has changed', async () => {
    const listing = await readFile(dir.file('initramfs-lsinitrd.log'), 'utf8');
    expect(parseListing(listing).paths).toContain('usr/lib/ostree/ostree-prepare-root');
    const record = parseInitramfsRecord(await readFile(dir.file('root', recordPath(kernel))));
    expect(record!.paths).toContain('/usr/lib/systemd/systemd');
    expect(record!.paths).not.toContain('/etc/ld.so.cache');
    expect(record!.paths).not.toContain('/.');
    expect(record).toMatchObject({
      users: expect.arrayContaining(['root']),
      groups: expect.arrayContaining(['disk']),
    });
    const runs = stack.runs;
    await replace('usr/sbin/new-daemon', '#!/bin/sh\n');
    await replace('usr/lib/x86_64-linux-gnu/libnew.so.1', 'library');
    await replace('etc/ld.so.cache', 'other');
    await replace(
      'etc/passwd',
      `${await readFile(dir.file('root/etc/passwd'), 'utf8')}new:x:999:999::/:/bin/false\n`,
    );
    expect(await ensureInitramfs(stack, options())).toEqual({ kernel, how: 'kept' });
    expect(stack.runs).toBe(runs);
  });

  test('is built again for another program in it, a new one that dracut looks for, or another configuration', async () => {
    const built = new Error('dracut runs');
    const watching = Object.create(stack, { run: { value: () => Promise.reject(built) } }) as FolderStack;
    const changes = {
      'usr/bin/mount': 'another',
      'usr/sbin/lvm': 'new',
      'etc/dracut.conf.d/x.conf': 'x=1\n',
    };
    for (const [path, text] of Object.entries(changes)) {
      const before = await readFile(dir.file('root', path)).catch(() => null);
      await replace(path, text);
      await expect(ensureInitramfs(watching, options()), path).rejects.toBe(built);
      await rm(dir.file('root', path));
      if (before) await run('cp', ['-al', `${await realTree()}/${path}`, dir.file('root', path)]);
    }
    expect(await ensureInitramfs(watching, options())).toMatchObject({ how: 'kept' });
  });

  test('is taken from a repository that has kept it', async () => {
    await initRepo(dir.file('repo'));
    await using repo = await openRepo(dir.file('repo'));
    const modules = `/usr/lib/modules/${kernel}`;
    await using transaction = await repo.transaction();
    const folders = ['/usr', '/usr/lib', '/usr/lib/modules', modules];
    const { commit } = await repo.writeCommit({
      base: null,
      changes: [
        ...folders.map((path) => ({ op: 'dir' as const, path, mode: 0o755, uid: 0, gid: 0 })),
        ...[imagePath(kernel), recordPath(kernel)].map((path) => ({
          op: 'file' as const,
          path,
          from: dir.file('root', path),
        })),
      ],
    });
    await keepInitramfs(repo, commit, kernel);
    await transaction.commit();
    const pushed: string[] = [];
    const fresh = Object.create(stack, {
      push: {
        value: async (_: unknown, changes: { path: string }[]) =>
          void pushed.push(...changes.map(({ path }) => path)),
      },
    }) as FolderStack;
    await rm(dir.file('root', recordPath(kernel)));
    expect(await ensureInitramfs(fresh, { ...options(), cache: initramfsCache(repo) })).toEqual({
      kernel,
      how: 'cached',
    });
    expect(pushed).toEqual([imagePath(kernel), recordPath(kernel)]);
  });

  test('cannot be built without its tools, and the error names the package', async () => {
    await rm(dir.file('root/usr/lib/dracut/modules.d/98ostree'), { recursive: true });
    await expect(ensureInitramfs(stack, options())).rejects.toMatchObject({
      code: 'ERR_INITRAMFS',
      hint: expect.stringContaining('ostree-boot'),
    });
    await rm(dir.file('root/boot'), { recursive: true });
    await expect(ensureInitramfs(stack, options())).rejects.toMatchObject({ code: 'ERR_NO_KERNEL' });
  });
});

test('objectChecksum is that of the object which the repository makes', async () => {
  await using dir = await tempDir('checksum');
  const cli = await initRepo(dir.file('repo'));
  await mkdir(dir.file('tree'));
  await writeFile(dir.file('tree/a'), 'content');
  await run('chown', ['7:4000000000', dir.file('tree/a')]);
  await run('chmod', ['4751', dir.file('tree/a')]);
  const commit = (await cli.run('commit', '-b', 'x', `--tree=dir=${dir.file('tree')}`)).trim();
  await using repo = await openRepo(dir.file('repo'));
  const [node] = await repo.lookup(commit, ['/a']);
  if (node?.type !== 'file') throw new Error('no file');
  expect(objectChecksum({ ...node, from: '' }, Buffer.from('content'))).toBe(node.checksum);
});
