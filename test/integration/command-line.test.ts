import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ComposeResult, ImportResult, ResolveResult, WhyResult } from '../../lib/system/results.ts';
import { type AptRepo, makeAptRepo } from '../helpers/apt-repo.ts';
import { type Deb, makeDeb } from '../helpers/deb.ts';
import { machineHas } from '../helpers/root.ts';
import { execute, run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';

// The whole way from a command line to a commit, on an archive of a few tiny packages.
describe.runIf(await machineHas('root', 'overlay', 'sandbox'))('the command line', () => {
  let dir: TempDir;
  let archive: AptRepo;
  let shell: Deb;

  async function cli(...words: string[]) {
    const args = [
      'dist/cli/main.js',
      ...words,
      `--repo=${dir.file('repo')}`,
      `--cachedir=${dir.file('cache')}`,
    ];
    const { code, stdout, stderr } = await execute(process.execPath, args, { ok: [0, 1, 2, 77] });
    return { code, stdout: stdout.toString(), stderr };
  }

  async function json<T>(...words: string[]): Promise<T> {
    const { code, stdout, stderr } = await cli(...words, '--json', '--quiet');
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as T;
  }

  beforeAll(async () => {
    dir = await tempDir('cli');
    await mkdir(dir.file('debs'));
    const architecture = (await run('dpkg', ['--print-architecture'])).trim();
    // What the sandbox mounts on, as base-files ships it.
    const folders = ['/dev', '/proc', '/sys', '/run', '/tmp', '/etc', '/var/lib', '/root', '/home'].map(
      (path) => `d ${path} 0755 root root`,
    );
    shell = await makeDeb(dir.file('debs'), {
      control: { Package: 'tiny-shell', Architecture: architecture, Essential: 'yes' },
      files: [...folders, 'f /usr/bin/busybox 0755 root root', 'l /usr/bin/sh busybox'].join('\n'),
      contents: { '/usr/bin/busybox': await readFile('/bin/busybox') },
    });
    const greeter = (version: string, extra = '') =>
      makeDeb(dir.file('debs'), {
        control: { Package: 'greeter', Version: version, Depends: `greeting${extra}` },
        files: `f /usr/share/greeter 0644 root root version ${version}`,
        scripts: { postinst: 'echo "$1 $2" > /etc/greeter.made' },
      });
    const debs = [
      shell,
      await greeter('1.0'),
      await greeter('2.0', ' (>= 9)'),
      await makeDeb(dir.file('debs'), {
        control: { Package: 'greeting' },
        files: 'f /etc/greeting 0644 root root hello',
      }),
      await makeDeb(dir.file('debs'), {
        control: { Package: 'extra' },
        files: 'f /usr/share/extra 0644 root root more',
      }),
    ];
    archive = await makeAptRepo(dir.file('archive'), { suites: debs });
    await writeFile(
      dir.file('tree.yaml'),
      JSON.stringify({ ref: 'test/main', repos: [archive.stanza()], packages: ['greeter=1.0'] }),
    );
  });

  afterAll(async () => {
    await archive?.[Symbol.asyncDispose]();
    await dir?.[Symbol.asyncDispose]();
  });

  test('compose tree: the JSON of the contract, then nothing to do', async () => {
    const lock = dir.file('tree.lock');
    const words = ['compose', 'tree', dir.file('tree.yaml'), `--write-lockfile=${lock}`];
    const result = await json<ComposeResult>(...words);
    expect(result).toMatchObject({ ref: 'test/main', base: null, unchanged: false });
    expect(result.commit).toMatch(/^[0-9a-f]{64}$/);
    expect(result.packages.map((p) => [p.name, p.version, p.action]).sort()).toEqual([
      ['greeter', '1.0', 'install'],
      ['greeting', '1.0', 'install'],
      ['tiny-shell', '1.0', 'install'],
    ]);
    expect(result.packages.find((p) => p.name === 'tiny-shell')?.sha256).toBe(shell.sha256);
    expect(result.scripts).toMatchObject([
      { package: 'greeter', script: 'postinst', args: ['configure', ''], exit: 0 },
    ]);
    expect(result.scripts[0]?.changed).toContain('/etc/greeter.made');
    expect(Object.keys(result.stats.seconds)).toEqual(
      expect.arrayContaining(['resolve', 'fetch', 'import', 'assemble', 'scripts', 'commit', 'total']),
    );
    expect(result.stats.objects.written).toBeGreaterThan(0);

    const { code, stdout } = await cli(...words, '--unchanged-exit-77');
    expect(code).toBe(77);
    expect(stdout).toBe(`nothing changed: test/main is still ${result.commit}\n`);
    expect(await readFile(lock, 'utf8')).toContain('Package: greeter\nVersion: 1.0\n');
  });

  test('a lockfile pins versions, and one that cannot be met is refused by name', async () => {
    const lock = dir.file('tree.lock');
    const words = ['compose', 'tree', dir.file('tree.yaml'), `--lockfile=${lock}`];
    expect((await json<ComposeResult>(...words)).unchanged).toBe(true);
    await writeFile(lock, (await readFile(lock, 'utf8')).replace('Version: 1.0', 'Version: 0.9'));
    const { code, stderr } = await cli(...words);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[ERR_LOCKFILE\]: .*greeter/m);
  });

  test('compose layer, why and resolve work on the commit', async () => {
    const treefile = `--treefile=${dir.file('tree.yaml')}`;
    const layer = await json<ComposeResult>(
      'compose',
      'layer',
      'extra',
      '--base=test/main',
      '--ref=test/layer',
      treefile,
    );
    expect(layer.packages.map((p) => p.name)).toEqual(['extra']);
    const why = (path: string) => json<WhyResult>('why', path, '--ref=test/layer');
    expect((await why('/usr/share/extra')).layer).toMatchObject({
      kind: 'package',
      package: 'extra',
      version: '1.0',
    });
    expect((await why('/etc/greeter.made')).layer).toMatchObject({
      kind: 'script',
      package: 'greeter',
      script: 'postinst',
      args: ['configure', ''],
    });
    const plan = await json<ResolveResult>('resolve', 'extra', treefile);
    expect(plan.install.find((p) => p.name === 'greeting')?.reason).toBe('greeter Depends: greeting');
    expect(plan.order).toHaveLength(plan.install.length);
  });

  test('what cannot be is an error with its reasons, and changes nothing', async () => {
    const ref = async () =>
      (await run('ostree', ['rev-parse', `--repo=${dir.file('repo')}`, 'test/main'])).trim();
    const before = await ref();
    const bad = dir.file('bad.yaml');
    await writeFile(
      bad,
      JSON.stringify({ ref: 'test/main', repos: [archive.stanza()], packages: ['greeter=2.0'] }),
    );
    const { code, stdout } = await cli('compose', 'tree', bad, '--json');
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe('ERR_APT_UNRESOLVABLE');
    expect(JSON.stringify(error.details)).toContain('greeting');
    await writeFile(bad, '{"ref": "a",\n "package": []}');
    const refused = await cli('compose', 'tree', bad);
    expect(refused.stderr).toBe(
      `error[ERR_TREEFILE]: ${bad}:2:2: unknown key "package"\nhint: did you mean "packages"?\n`,
    );
    expect(await ref()).toBe(before);
  });

  test('import prints a commit that is the same the second time', async () => {
    const first = await json<ImportResult>('import', shell.path);
    const second = await json<ImportResult>('import', shell.path);
    expect(second.packages[0]).toMatchObject({
      cached: true,
      commit: first.packages[0]!.commit,
      sha256: shell.sha256,
    });
  });
});
