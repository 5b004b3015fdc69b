import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tamper } from '../helpers/apt-repo.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { execute } from '../helpers/run.ts';
import { refsOf, type SmallSystem, smallSystem } from './small-system.ts';

const MAIN = new URL('../../dist/cli/main.js', import.meta.url).pathname;

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem([
    { control: { Package: 'good' }, files: 'f /usr/lib/good 0644 root root 1' },
    { control: { Package: 'thief' }, files: 'f /usr/lib/good 0644 root root 2' },
    {
      control: { Package: 'broken' },
      scripts: { postinst: 'echo changed > /etc/passwd; echo about to fail; exit 1' },
    },
    { control: { Package: 'needy', Depends: 'nowhere (>= 2)' } },
    { control: { Package: 'spoiled' }, files: 'f /usr/lib/spoiled 0644 root root spoiled' },
    { control: { Package: 'slow' }, scripts: { postinst: 'touch /usr/lib/started; sleep 300' } },
  ]);
  await s.system.composeTree({ treefile: s.treefile({ packages: ['good'] }) });
});
afterAll(async () => s?.[Symbol.asyncDispose]());

interface Failure {
  code: string;
  message: string;
  hint: string | null;
  details: unknown;
}

/** Runs the command line on a treefile that must fail, and checks that the repository is as it was. */
async function fails(treefile: string | object, ...more: string[]): Promise<Failure> {
  const file = join(s.dir, 'bad.yaml');
  await writeFile(file, typeof treefile === 'string' ? treefile : JSON.stringify(treefile));
  const before = await refsOf(s.repo);
  const args = [
    MAIN,
    'compose',
    'tree',
    file,
    `--repo=${s.repo}`,
    `--cachedir=${join(s.dir, 'first/cache')}`,
    '--json',
    ...more,
  ];
  const { code, stdout } = await execute(process.execPath, args, { ok: [1] });
  expect(code).toBe(1);
  const { error } = JSON.parse(String(stdout)) as { error: Failure };
  expect(await refsOf(s.repo)).toEqual(before);
  expect(await readdir(join(s.repo, 'extensions/apt-ostree/work'))).toEqual([]);
  return error;
}

describe('a compose that cannot succeed', () => {
  it('names the line and the nearest key of a treefile with a typo', async () => {
    const error = await fails('ref: test/tiny\npackges: [good]\n');
    expect(error).toMatchObject({ code: 'ERR_TREEFILE' });
    expect(error.message).toMatch(/bad\.yaml:2:1.*packges/s);
    expect(`${error.message} ${error.hint}`).toContain('packages');
  });

  it('names an unknown package', async () => {
    const error = await fails(s.treefile({ packages: ['god'] }));
    expect(error.code).toBe('ERR_APT_UNKNOWN_PACKAGE');
    expect(error.message).toContain('god');
    expect(error.hint).toContain('good');
  });

  it('gives the chain of reasons for an unsatisfiable set', async () => {
    const error = await fails(s.treefile({ packages: ['needy'] }));
    expect(error.code).toBe('ERR_APT_UNRESOLVABLE');
    expect(JSON.stringify(error.details)).toMatch(/needy.*nowhere/s);
  });

  it('names a mirror that cannot be reached', async () => {
    const repos = [
      {
        types: 'deb',
        uris: 'http://127.0.0.1:9/debian',
        suites: 'stable',
        components: 'main',
        trusted: true,
      },
    ];
    const error = await fails(s.treefile({ repos }));
    expect(error.code).toBe('ERR_APT_FETCH');
    expect(error.message).toContain('127.0.0.1:9');
    expect(error.hint).toBeTruthy();
  });

  it('refuses a source with another signature', async () => {
    const { keyring } = s.archive;
    const other = await smallSystem([], { signature: 'wrong-key' });
    try {
      const error = await fails(s.treefile({ repos: [other.archive.stanza()] }));
      expect(error.code).toBe('ERR_APT_UNTRUSTED');
      expect(keyring).not.toBe(other.archive.keyring);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  it('refuses a package that is not the one its source lists', async () => {
    const pool = join(s.archive.dir, 'pool', 'spoiled_1.0_all.deb');
    await tamper(pool);
    const error = await fails(s.treefile({ packages: ['spoiled'] }));
    expect(['ERR_APT_FETCH', 'ERR_APT_UNTRUSTED', 'ERR_DEB_HASH']).toContain(error.code);
    expect(error.message).toContain('spoiled');
  });

  it('tells script, arguments, status, output and changes of a script that fails', async () => {
    const error = await fails(s.treefile({ packages: ['broken'] }));
    expect(error.code).toBe('ERR_SCRIPT_FAILED');
    expect(error.message).toMatch(/broken.*postinst.*configure/s);
    expect(error.message).toContain('about to fail');
    expect(error.details).toMatchObject({ package: 'broken', script: 'postinst', exit: 1 });
    const { log, changes } = error.details as { log: string; changes: { path: string }[] };
    expect(changes.map((c) => c.path)).toContain('/etc/passwd');
    expect(await readFile(log, 'utf8')).toContain('about to fail');
  });

  it('names both packages that want one path, before anything of the second runs', async () => {
    const error = await fails(s.treefile({ packages: ['good', 'thief'] }));
    expect(error.code).toBe('ERR_FILE_CONFLICT');
    expect(error.message).toMatch(/\/usr\/lib\/good/);
    expect(error.message).toContain('thief');
    expect(error.message).toContain('good');
  });
});

describe('a compose that is interrupted', () => {
  const run = async (treefile: object) => {
    const file = join(s.dir, 'slow.yaml');
    await writeFile(file, JSON.stringify(treefile));
    return spawn(
      process.execPath,
      [MAIN, 'compose', 'tree', file, `--repo=${s.repo}`, `--cachedir=${join(s.dir, 'first/cache')}`],
      {
        stdio: 'ignore',
      },
    );
  };
  /** The script has begun: its sleep is there. */
  const sleeping = async () => {
    const { stdout } = await execute('pgrep', ['-f', '^sleep 300'], { ok: [0, 1] });
    return String(stdout).trim().split('\n').filter(Boolean);
  };
  const until = async (what: () => Promise<boolean>) => {
    for (let i = 0; i < 600; i++) {
      if (await what()) return;
      await sleep(100);
    }
    throw new Error('nothing happened within a minute');
  };
  const mounts = async () =>
    (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter((line) => line.includes(s.dir));

  it('leaves no mount and no process after kill -9, and the next run works', async () => {
    const treefile = s.treefile({ ref: 'test/slow', packages: ['slow'] });
    const child = await run(treefile);
    await until(async () => (await sleeping()).length > 0);
    child.kill('SIGKILL');
    await until(async () => (await sleeping()).length === 0);
    expect(await mounts()).toEqual([]);
    const work = join(s.repo, 'extensions/apt-ostree/work');
    expect((await readdir(work)).length).toBeGreaterThan(0);
    const next = await s.system.composeTree({
      treefile: s.treefile({ ref: 'test/after', packages: ['good'] }),
    });
    expect(next.commit).toMatch(/^[0-9a-f]{64}$/);
    expect(await readdir(work)).toEqual([]);
    await ostreeCli(s.repo).run('prune', '--refs-only');
    expect(await ostreeCli(s.repo).fsck()).toBeNull();
    expect(await ostreeCli(s.repo).refs()).not.toContain('test/slow');
  });

  it('stops at SIGINT with nothing changed', async () => {
    const child = await run(s.treefile({ ref: 'test/slow', packages: ['slow'] }));
    await until(async () => (await sleeping()).length > 0);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).not.toBe(0);
    expect(await sleeping()).toEqual([]);
    expect(await readdir(join(s.repo, 'extensions/apt-ostree/work'))).toEqual([]);
    expect(await ostreeCli(s.repo).refs()).not.toContain('test/slow');
  });

  it('waits for another transaction, or says that there is one', async () => {
    const child = await run(s.treefile({ ref: 'test/slow', packages: ['slow'] }));
    try {
      await until(async () => (await sleeping()).length > 0);
      await expect(
        s.system.composeTree({ treefile: s.treefile({ ref: 'test/second' }) }),
      ).rejects.toMatchObject({
        code: 'ERR_LOCKED',
      });
    } finally {
      child.kill('SIGKILL');
      await until(async () => (await sleeping()).length === 0);
    }
  });

  it('rejects with the reason of the signal', async () => {
    const stop = new AbortController();
    const running = s.system.composeTree(
      { treefile: s.treefile({ ref: 'test/slow', packages: ['slow'] }) },
      { signal: stop.signal },
    );
    const outcome = running.catch((reason: unknown) => reason);
    await until(async () => (await sleeping()).length > 0);
    stop.abort('enough');
    expect(await outcome).toBe('enough');
    expect(await sleeping()).toEqual([]);
  });
});

describe('folders', () => {
  it('refuses a root folder that is not empty', async () => {
    const dir = join(s.dir, 'full');
    await mkdir(join(dir, 'etc'), { recursive: true });
    await expect(s.system.composeRootfs({ treefile: s.treefile(), dir })).rejects.toMatchObject({
      code: 'ERR_USAGE',
    });
  });
});
