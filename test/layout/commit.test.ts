import { lstat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitReader } from '../../lib/layout/commit-reader.ts';
import { MOVE_ROWS } from '../../lib/layout/moves.ts';
import { plainView } from '../../lib/layout/plain-view.ts';
import { storeChanges } from '../../lib/layout/store.ts';
import { layOut } from '../../lib/layout/to-ostree.ts';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import { initRepo, type OstreeCli } from '../helpers/ostree-cli.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { commitTree } from './commit-tree.ts';
import { commitRealTree, writeChanges } from './real-commit.ts';

const rootOf = async (repo: Repo, rev: string) => (await repo.readCommit(rev)).rootChecksum;

describe('layout of a real commit', () => {
  let dir: TempDir;
  let cli: OstreeCli;
  let repo: Repo;
  let plain: string;
  let ostree: string;

  beforeAll(async () => {
    await machineHas('root', 'archive');
    dir = await tempDir('layout');
    cli = await initRepo(dir.file('repo'));
    repo = await openRepo(dir.file('repo'));
    ({ plain, ostree } = await commitRealTree(repo));
  }, 600_000);

  afterAll(async () => {
    repo?.close();
    await dir?.[Symbol.asyncDispose]();
  });

  test('is undone to the very same tree', async () => {
    const view = await plainView(commitReader(repo, ostree));
    const back = await writeChanges(repo, ostree, view.changes);
    expect(await rootOf(repo, back)).toBe(await rootOf(repo, plain));
    const again = await layOut(commitTree(commitReader(repo, back)));
    const twice = await writeChanges(repo, back, await storeChanges(again, dir.file('again')));
    expect(await rootOf(repo, twice)).toBe(await rootOf(repo, ostree));
  });

  test('keeps what a host expects, and no secret', async () => {
    const paths = (await cli.ls(ostree)).map(({ path }) => path);
    expect(paths).toContain('/usr/lib/sysimage/dpkg/status');
    expect(paths).toContain('/usr/etc/passwd');
    expect(paths.filter((path) => path.startsWith('/var/'))).toEqual([]);
    expect(paths.filter((path) => /ssh_host_|snakeoil\.(?!conf)|passwd-$|\.pwd\.lock/.test(path))).toEqual([
      '/usr/lib/systemd/system/apt-ostree-snakeoil.service',
      '/usr/lib/systemd/system/multi-user.target.wants/apt-ostree-snakeoil.service',
    ]);
    expect(paths).toContain(
      '/usr/lib/systemd/system/multi-user.target.wants/apt-ostree-ssh-host-keys.service',
    );
    expect(await cli.fsck()).toBeNull();
  });

  test('gives systemd-tmpfiles and systemd-sysusers lines that they take', async () => {
    const root = dir.file('checkout');
    await cli.run('checkout', ostree, root);
    await run('cp', ['-a', `${root}/usr/etc`, `${root}/etc`]);
    const inside = (...argv: string[]) =>
      run('bwrap', ['--bind', root, '/', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/run', ...argv]);
    await inside('systemd-tmpfiles', '--create', '--boot', '--prefix=/var', '--prefix=/run/media');
    expect(await inside('readlink', '/var/lib/dpkg')).toBe('../../usr/lib/sysimage/dpkg\n');
    expect(await inside('dpkg-query', '-W', '-f', '${Status}', 'nginx-light')).toBe('install ok installed');
    const databases = MOVE_ROWS.filter(({ kind }) => kind === 'database').map(({ plain: path }) => path);
    for (const { path, mode, uid, gid } of await cli.ls(plain, '/var')) {
      if (databases.some((top) => path === top || path.startsWith(`${top}/`))) continue;
      const found = await lstat(`${root}${path}`);
      expect({ path, mode: found.mode & 0o7777, uid: found.uid, gid: found.gid }).toEqual({
        path,
        mode,
        uid,
        gid,
      });
    }
    // A host that keeps its own /etc/passwd gets the accounts, with their numbers.
    await inside('sh', '-c', 'sed -i /^sshd:/d /etc/passwd /etc/shadow; systemd-sysusers');
    const kept = await inside('grep', '^sshd:', '/usr/etc/passwd');
    expect(await inside('getent', 'passwd', 'sshd')).toBe(kept);
  });
});
