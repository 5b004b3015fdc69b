import { spawn } from 'node:child_process';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  cleanupSysroot,
  type DeployTreeRequest,
  deployTree,
  initOs,
  initSysroot,
  readSysroot,
  setDeploymentOrder,
  setOrigin,
  setPinned,
} from '../../lib/native/sysroot.ts';
import { machineHas } from '../helpers/root.ts';
import { execute, run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { sysrootWithOs } from './sysroot-dir.ts';

beforeAll(() => machineHas('root'));

/** The least that libostree deploys: a kernel, an initramfs, os-release and the usual directories. */
async function commit(sysroot: TempDir, text: string): Promise<string> {
  await using tree = await tempDir('tree');
  const modules = tree.file('usr/lib/modules/6.1.0-test');
  for (const dir of [
    modules,
    tree.file('usr/etc'),
    tree.file('usr/lib'),
    tree.file('sysroot'),
    tree.file('var'),
  ])
    await mkdir(dir, { recursive: true });
  await writeFile(`${modules}/vmlinuz`, 'kernel');
  await writeFile(`${modules}/initramfs.img`, 'initramfs');
  await writeFile(tree.file('usr/lib/os-release'), 'NAME=Test\nVERSION_ID=1\nPRETTY_NAME="Test 1"\n');
  await writeFile(tree.file('usr/etc/hello'), text);
  const args = ['commit', `--repo=${sysroot.file('ostree/repo')}`, '-b', 'test', '-s', text, tree.path];
  return (await run('ostree', args)).trim();
}

function request(commit: string): DeployTreeRequest {
  const origin = '[origin]\nrefspec=test\n';
  return { osname: 'debian', commit, origin, kargs: null, merge: null, stage: false, retain: false };
}

describe('sysroot', () => {
  test('a folder becomes one that ostree accepts, and twice is once', async () => {
    await using sysroot = await sysrootWithOs();
    await initSysroot(sysroot.path);
    expect(await readSysroot(sysroot.path)).toEqual({ booted: false, deployments: [] });
    expect(await run('ostree', ['admin', 'status', `--sysroot=${sysroot.path}`])).toContain('No deployments');
    await expect(initOs(sysroot.path, 'debian')).rejects.toMatchObject({ code: 'ERR_OSTREE' });
  });

  test('deploys, upgrades with the merged /etc, rolls back and cleans up', async () => {
    await using sysroot = await sysrootWithOs();
    const first = await commit(sysroot, 'one');
    const firstId = await deployTree(sysroot.path, { ...request(first), kargs: ['quiet', 'root=LABEL=x'] });
    expect(firstId).toBe(`debian-${first}.0`);
    const [deployment] = (await readSysroot(sysroot.path)).deployments;
    expect(deployment).toMatchObject({
      id: firstId,
      index: 0,
      serial: 0,
      booted: false,
      staged: false,
      pinned: false,
    });
    expect(deployment!.kargs.slice(0, 2)).toEqual(['quiet', 'root=LABEL=x']);
    expect(deployment!.origin).toContain('refspec=test');
    await writeFile(sysroot.file(deployment!.path, 'etc/local'), 'kept');

    const second = await commit(sysroot, 'two');
    const secondId = await deployTree(sysroot.path, request(second));
    const both = (await readSysroot(sysroot.path)).deployments;
    expect(both.map(({ id }) => id)).toEqual([secondId, firstId]);
    expect(await readFile(sysroot.file(both[0]!.path, 'etc/local'), 'utf8')).toBe('kept');
    expect(await readFile(sysroot.file(both[0]!.path, 'etc/hello'), 'utf8')).toBe('two');
    expect(both[0]!.kargs).toContain('quiet');

    await setDeploymentOrder(sysroot.path, [firstId, secondId]);
    expect((await readSysroot(sysroot.path)).deployments.map(({ id }) => id)).toEqual([firstId, secondId]);
    expect((await run('ostree', ['admin', 'status', `--sysroot=${sysroot.path}`])).trim()).toMatch(
      new RegExp(`^debian ${first}`),
    );
    const entries = await readdir(sysroot.file('boot/loader/entries'));
    expect(entries).toHaveLength(2);

    await setDeploymentOrder(sysroot.path, [firstId]);
    await run('ostree', ['refs', '--delete', 'test', `--repo=${sysroot.file('ostree/repo')}`]);
    expect(await cleanupSysroot(sysroot.path)).toBeGreaterThan(0);
    await expect(access(sysroot.file(both[0]!.path))).rejects.toThrow();
    expect((await execute('ostree', ['fsck', '-q', `--repo=${sysroot.file('ostree/repo')}`])).code).toBe(0);
  });

  test('keeps what is pinned, and a written origin', async () => {
    await using sysroot = await sysrootWithOs();
    const ids: string[] = [];
    for (const text of ['1', '2', '3']) {
      ids.unshift(await deployTree(sysroot.path, request(await commit(sysroot, text))));
      if (text === '1') await setPinned(sysroot.path, { id: ids[0]!, pinned: true });
    }
    const { deployments } = await readSysroot(sysroot.path);
    expect(deployments.map(({ id }) => id)).toEqual(ids);
    expect(deployments.map(({ pinned }) => pinned)).toEqual([false, false, true]);
    await setOrigin(sysroot.path, { id: ids[0]!, origin: '[origin]\nbaserefspec=other\n' });
    expect((await readSysroot(sysroot.path)).deployments[0]!.origin).toContain('baserefspec=other');
  });

  test('refuses while another process holds the lock, and what does not exist', async () => {
    await using sysroot = await sysrootWithOs();
    const checksum = await commit(sysroot, 'x');
    // libostree takes record locks, which flock(1) does not know.
    const code =
      'import fcntl, sys; f = open(sys.argv[1], "a"); fcntl.lockf(f, fcntl.LOCK_EX); print(1, flush=True); input()';
    const holder = spawn('python3', ['-c', code, sysroot.file('ostree/lock')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    await expect(deployTree(sysroot.path, request(checksum))).rejects.toMatchObject({ code: 'ERR_LOCKED' });
    const waiting = deployTree(sysroot.path, request(checksum), { wait: Infinity });
    holder.stdin.end();
    expect(await waiting).toBe(`debian-${checksum}.0`);
    await expect(deployTree(sysroot.path, request('0'.repeat(64)))).rejects.toMatchObject({
      code: 'ERR_DEPLOY',
    });
    await expect(setDeploymentOrder(sysroot.path, ['nothing'])).rejects.toMatchObject({
      code: 'ERR_NO_DEPLOYMENT',
    });
    await expect(readSysroot('/nonexistent')).rejects.toMatchObject({ code: 'ERR_OSTREE_NOT_FOUND' });
  });
});
