import { access, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { cached } from './cache.ts';
import { initRepo } from './ostree-cli.ts';
import { machineHas } from './root.ts';
import { execute, run } from './run.ts';
import { tempDir } from './temp.ts';

const gone = (path: string) =>
  access(path).then(
    () => false,
    () => true,
  );

describe('run', () => {
  it('passes input and environment, and gives back the output', async () => {
    expect(await run('sh', ['-c', 'cat; echo "$X"'], { input: 'in ', env: { X: 'env' } })).toBe('in env\n');
  });

  it('rejects with the output of a program that failed', async () => {
    await expect(run('sh', ['-c', 'echo why >&2; exit 3'])).rejects.toThrow(/ended with 3\nwhy/);
    expect((await execute('sh', ['-c', 'exit 3'], { ok: [3] })).code).toBe(3);
  });
});

describe('tempDir', () => {
  it('is gone with all its content at the end of the scope', async () => {
    let path = '';
    {
      await using dir = await tempDir();
      path = dir.path;
      await mkdir(dir.file('a/b'), { recursive: true });
    }
    expect(await gone(path)).toBe(true);
  });
});

describe('cached', () => {
  it('makes a folder once, also for two callers at the same time, and again after a failure', async () => {
    const key = `test-${process.pid}-${Date.now()}`;
    let made = 0;
    await expect(cached(key, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const make = async (dir: string) => {
      made += 1;
      await writeFile(`${dir}/file`, 'content');
    };
    const [one, two] = await Promise.all([cached(key, make), cached(key, make)]);
    expect([one, made]).toEqual([two, 1]);
    expect(await readFile(`${one}/file`, 'utf8')).toBe('content');
    await run('rm', ['-rf', one!, `${one}.lock`]);
  });
});

describe('machineHas', () => {
  it('leaves out only what the environment names', async () => {
    process.env.APT_OSTREE_TEST_WITHOUT = 'overlay';
    expect(await machineHas('overlay')).toBe(false);
    delete process.env.APT_OSTREE_TEST_WITHOUT;
  });
});

describe.runIf(await machineHas('root'))('ostreeCli', () => {
  it('lists what a commit holds and finds damage', async () => {
    await using dir = await tempDir();
    await mkdir(dir.file('tree/usr'), { recursive: true });
    await writeFile(dir.file('tree/usr/file'), 'content\n', { mode: 0o640 });
    await symlink('file', dir.file('tree/usr/link'));
    const repo = await initRepo(dir.file('repo'));
    await repo.run('commit', '--branch=test/main', dir.file('tree'));
    expect(await repo.refs()).toEqual(['test/main']);
    expect(await repo.fsck()).toBeNull();
    expect(await repo.cat('test/main', '/usr/file')).toBe('content\n');
    const entries = await repo.ls('test/main');
    expect(entries.find((entry) => entry.path === '/usr/file')).toMatchObject({
      type: 'file',
      mode: 0o640,
      size: 8,
    });
    expect(entries.find((entry) => entry.path === '/usr/link')).toMatchObject({
      type: 'symlink',
      target: 'file',
    });
    const object = (await run('find', [dir.file('repo/objects'), '-name', '*.file', '-size', '8c'])).trim();
    expect((await stat(object)).size).toBe(8);
    await writeFile(object, 'damaged\n');
    expect(await repo.fsck()).toMatch(/corrupted/i);
  });
});
