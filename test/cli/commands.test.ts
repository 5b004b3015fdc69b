import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { tempDir } from '../helpers/temp.ts';
import { cli, composed, deployment } from './fake.ts';

const host = { ...composed, deployment: 'debian-c.0', staged: true };

test.each([
  [
    'compose tree server.yaml --repo=/r --lockfile=l --write-lockfile w --no-parent --force-nocache',
    'composeTree',
    { treefile: 'server.yaml', lockfile: 'l', writeLockfile: 'w', parent: null, forceNocache: true },
  ],
  [
    'compose tree a --parent=x --download-only',
    'composeTree',
    { treefile: 'a', parent: 'x', downloadOnly: true },
  ],
  [
    'compose layer nginx ./a.deb --base=b --ref=n --remove=vim --remove nano --rootfs=/d --treefile=t --no-parent',
    'composeLayer',
    {
      base: 'b',
      ref: 'n',
      install: ['nginx', './a.deb'],
      remove: ['vim', 'nano'],
      rootfs: '/d',
      treefile: 't',
      parent: null,
    },
  ],
  [
    'deploy main --karg=quiet --karg=ro -y --reboot',
    'deploy',
    { rev: 'main', kargs: ['quiet', 'ro'], reboot: true },
  ],
  [
    'install nginx --uninstall=vim --idempotent --allow-inactive --lock-finalization',
    'install',
    { install: ['nginx'], uninstall: ['vim'], idempotent: true, allowInactive: true, lockFinalization: true },
  ],
  [
    'install nginx --retry-scripts=2 --skip-script=nginx.postinst --skip-script a.prerm',
    'install',
    { scripts: { retry: 2, skip: ['nginx.postinst', 'a.prerm'] } },
  ],
  [
    'uninstall --unskip-script=nginx.postinst',
    'uninstall',
    { packages: [], scripts: { unskip: ['nginx.postinst'] } },
  ],
  [
    'uninstall vim --skip-script=nginx.postinst',
    'uninstall',
    { packages: ['vim'], scripts: { skip: ['nginx.postinst'] } },
  ],
  ['uninstall --all --dry-run', 'uninstall', { packages: [], all: true, dryRun: true }],
])('%s', async (line, method, options) => {
  const { exit, calls, closed } = await cli(line, { [method]: host });
  expect({ exit, closed }).toEqual({ exit: 0, closed: 1 });
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({ method, options });
});

test.each([
  [
    'compose rootfs t.yaml /d --lockfile=l --retry-scripts=1 --skip-script=a.postinst',
    'composeRootfs',
    { treefile: 't.yaml', dir: '/d', lockfile: 'l', scripts: { retry: 1, skip: ['a.postinst'] } },
    { ...composed, dir: '/d' },
  ],
  [
    'dedup /a /b --ignore-mtime --dry-run',
    'dedup',
    { dirs: ['/a', '/b'], ignoreMtime: true, dryRun: true },
    { files: 3, linked: 2, bytesSaved: 2048, seconds: 0.5 },
  ],
  ['status --booted', 'status', { booted: true }, { deployments: [], transaction: null }],
])('%s', async (line, method, options, answer) => {
  const { exit, calls, stdout } = await cli(line, { [method]: answer });
  expect(exit).toBe(0);
  expect(calls[0]).toMatchObject({ method, options });
  expect(stdout).not.toBe('');
});

test('global flags reach the engine, wherever they stand', async () => {
  const { opened } = await cli('--sysroot /s --os=debian status --repo=/r --cachedir=/c --wait', {
    status: { deployments: [], transaction: null },
  });
  expect(opened).toEqual([
    { sysroot: '/s', os: 'debian', repo: '/r', cacheDir: '/c', wait: Number.POSITIVE_INFINITY },
  ]);
  const finite = await cli('status --wait=2.5', { status: { deployments: [], transaction: null } });
  expect(finite.opened[0]?.wait).toBe(2.5);
});

test('--json prints the result as it is, and only that', async () => {
  const { stdout, stderr } = await cli('compose tree a --json', { composeTree: composed });
  expect(JSON.parse(stdout)).toEqual(composed);
  expect(stderr).toBe('');
});

test('nothing to do is 0, or 77 when that is asked for', async () => {
  const unchanged = { composeTree: { ...composed, unchanged: true } };
  const plain = await cli('compose tree a', unchanged);
  expect(plain.exit).toBe(0);
  expect(plain.stdout).toBe(`nothing changed: debian/web is still ${'c'.repeat(64)}\n`);
  expect((await cli('compose tree a --unchanged-exit-77', unchanged)).exit).toBe(77);
  expect((await cli('compose tree a --unchanged-exit-77', { composeTree: composed })).exit).toBe(0);
});

test('--write-commitid-to writes the commit', async () => {
  await using dir = await tempDir('cli');
  await cli(`compose tree a --write-commitid-to=${dir.file('id')}`, { composeTree: composed });
  expect(await readFile(dir.file('id'), 'utf8')).toBe('c'.repeat(64));
});

test('a composed tree is summed up: packages, scripts, objects, stages', async () => {
  const { stdout } = await cli('compose tree a', { composeTree: composed });
  expect(stdout.split('\n')).toEqual([
    `commit    ${'c'.repeat(64)}`,
    'ref       debian/web',
    `base      ${'b'.repeat(64)}`,
    'packages  1 installed, 1 upgraded, 1 removed',
    'scripts   2 runs, 1 from the cache',
    'objects   1,234 written (7.8 MB), 56 reused',
    'stages    resolve 0.50 s, import 1.25 s, assemble 0.10 s, scripts 2.00 s, commit 0.25 s',
    'time      4.10 s',
    'memory    123 MB at most',
    '',
  ]);
  const dry = await cli('compose tree a --dry-run', { composeTree: { ...composed, commit: null } });
  expect(dry.stdout).toContain('  install  nginx:amd64  1.22\n');
  expect(dry.stdout).toContain('nothing was written');
});

test('status shows what is in effect beside what was asked for', async () => {
  const staged = {
    ...deployment,
    booted: false,
    staged: true,
    packages: ['nginx_1.22_amd64', 'vim_9_amd64'],
    'base-removals': [],
    'requested-skipped-scripts': [],
    'skipped-scripts': [],
  };
  const { stdout } = await cli('status', {
    status: { deployments: [staged, deployment], transaction: null },
  });
  expect(stdout.split('\n')).toEqual([
    'Deployments:',
    '  debian/server (staged)',
    '          Version:  12.1 (2023-11-14T22:13:20Z)',
    `       BaseCommit:  ${'b'.repeat(64)}`,
    `           Commit:  ${'c'.repeat(64)}`,
    '               OS:  debian',
    '        Requested:  nginx vim',
    '          Layered:  nginx_1.22_amd64 vim_9_amd64',
    '      Kernel args:  quiet',
    '',
    '* debian/server',
    '          Version:  12.1 (2023-11-14T22:13:20Z)',
    `       BaseCommit:  ${'b'.repeat(64)}`,
    `           Commit:  ${'c'.repeat(64)}`,
    '               OS:  debian',
    '        Requested:  nginx vim',
    '         Inactive:  vim',
    '          Layered:  nginx_1.22_amd64',
    '          Removed:  nano',
    '      SkipScripts:  nginx.postinst vim.postrm',
    '   SkippedScripts:  nginx.postinst',
    '      Kernel args:  quiet',
    '',
  ]);
});

test('resolve tells packages with reasons, and why names the script', async () => {
  const one = {
    name: 'nginx',
    version: '1.22',
    architecture: 'amd64',
    reason: 'requested',
    auto: false,
    replaces: null,
    size: 5000,
  };
  const plan = {
    install: [one],
    upgrade: [],
    remove: [],
    order: [],
    levels: [['nginx']],
    cycles: [],
    epochs: [['nginx']],
    downloadSize: 5000,
    installedSize: 20000,
  };
  expect((await cli('resolve nginx', { resolve: plan })).stdout).toBe(
    'Install:\n  nginx:amd64  1.22  5.0 kB  requested\n\n1 package in 1 level and 1 epoch; 5.0 kB to fetch, 20.0 kB installed\n',
  );
  const unpack = { kind: 'package', package: 'foo', version: '1.2', script: null, args: null };
  const script = { ...unpack, kind: 'script', script: 'postinst', args: ['configure', ''] };
  const { stdout } = await cli('why /etc/foo', {
    why: { path: '/etc/foo', layer: script, history: [unpack, script] },
  });
  expect(stdout).toBe(
    "/etc/foo comes from script foo.postinst configure '' (foo 1.2)\n" +
      "touched by, the oldest first:\n  package foo 1.2\n  script foo.postinst configure '' (foo 1.2)\n",
  );
});

test('a booted host is asked for, unless -y, a dry run, another sysroot or no terminal say otherwise', async () => {
  const questions: string[] = [];
  const confirm = async (question: string) => {
    questions.push(question);
    return false;
  };
  const refused = await cli('install nginx', { install: host }, { confirm });
  expect(questions).toEqual(['Install nginx on this host?']);
  expect(refused).toMatchObject({ exit: 1, calls: [], stderr: 'nothing has changed\n' });
  for (const line of ['install nginx -y', 'install nginx --dry-run', 'install nginx --sysroot=/s'])
    expect((await cli(line, { install: host }, { confirm })).calls).toHaveLength(1);
  expect((await cli('install nginx', { install: host })).calls).toHaveLength(1);
  expect(questions).toHaveLength(1);
});
