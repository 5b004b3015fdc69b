import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { AptOstreeError } from '../../lib/errors/error.ts';
import type { RunOptions } from '../../lib/monitor/monitor.ts';
import { cli } from './fake.ts';

const fail = (error: unknown) => ({
  status: () => {
    throw error;
  },
});

test('an error is two lines on stderr and exit 1', async () => {
  const error = new AptOstreeError('ERR_LOCKED', 'the sysroot is locked', { hint: 'use --wait' });
  expect(await cli('status', fail(error))).toMatchObject({
    exit: 1,
    stdout: '',
    stderr: 'error[ERR_LOCKED]: the sysroot is locked\nhint: use --wait\n',
    closed: 1,
  });
});

test('with --json it is a document on stdout', async () => {
  const error = new AptOstreeError('ERR_LOCKED', 'locked', { hint: 'wait', details: { pid: 7 } });
  const { exit, stdout, stderr } = await cli('status --json', fail(error));
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    error: { code: 'ERR_LOCKED', message: 'locked', hint: 'wait', details: { pid: 7 } },
  });
});

test('the chain of reasons of an unsatisfiable request is shown', async () => {
  const details = [
    { package: 'foo', version: '1', relation: 'Depends: bar (>= 2)', reason: 'bar 1 is the only version' },
    { package: 'bar', version: '1', relation: '', reason: '' },
  ];
  const { stderr } = await cli(
    'status',
    fail(new AptOstreeError('ERR_APT_UNRESOLVABLE', 'foo cannot be installed', { details })),
  );
  expect(stderr).toBe(
    'error[ERR_APT_UNRESOLVABLE]: foo cannot be installed\n' +
      '  foo 1 Depends: bar (>= 2): bar 1 is the only version\n  bar 1\n',
  );
});

test('a defect says so; --verbose shows the stack', async () => {
  const { stderr } = await cli('status', fail(new TypeError('oops')));
  expect(stderr).toBe('error[ERR_INTERNAL]: oops\nhint: this is a defect; please report it\n');
  expect((await cli('status --verbose', fail(new TypeError('oops')))).stderr).toContain('errors.test.ts');
});

test.each([
  ['statsu', 'there is no command "statsu"', 'did you mean `status`?'],
  ['status --jsno', 'there is no flag --jsno', 'did you mean --json?'],
  ['install', 'Expected at least 1 argument(s) for PKG but found none', 'see apt-ostree --help'],
  ['compose layer nginx --ref=a', 'Expected input for flag --base', 'see apt-ostree --help'],
  [
    'status --wait=soon',
    'Failed to parse "soon" for wait: a number of seconds is needed',
    'see apt-ostree --help',
  ],
])('%s is wrong usage: exit 2', async (line, message, hint) => {
  const text = await cli(line);
  expect(text).toMatchObject({
    exit: 2,
    stdout: '',
    calls: [],
    stderr: `error[ERR_USAGE]: ${message}\nhint: ${hint}\n`,
  });
  const json = await cli(`${line} --json`);
  expect(json).toMatchObject({ exit: 2, stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({ error: { code: 'ERR_USAGE', message, hint, details: null } });
});

test('an abort ends with its reason', async () => {
  const controller = new AbortController();
  const reason = new AptOstreeError('ERR_CANCELLED', 'cancelled; nothing has changed');
  const wait = (_: never, { signal }: RunOptions) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      controller.abort(reason);
    });
  const { exit, stderr, closed } = await cli('status', { status: wait }, { signal: controller.signal });
  expect({ exit, stderr, closed }).toEqual({
    exit: 1,
    stderr: 'error[ERR_CANCELLED]: cancelled; nothing has changed\n',
    closed: 1,
  });
});

test('progress and warnings go to stderr, by the style that is asked for', async () => {
  const status = (_: never, { monitor }: RunOptions) => {
    const event = { v: 1, task: 'fetch', id: 'f', done: 0, total: 0, unit: '', text: '' } as const;
    monitor?.progress({ ...event, state: 'start' });
    monitor?.warning('careful');
    monitor?.progress({ ...event, state: 'end' });
    return { deployments: [], transaction: null };
  };
  expect((await cli('status', { status })).stderr).toBe('warning: careful\nfetch: done in 0.00 s\n');
  expect((await cli('status --quiet', { status })).stderr).toBe('warning: careful\n');
  expect((await cli('status --progress=jsonl', { status })).stderr.split('\n')[1]).toBe(
    '{"v":1,"warning":"careful"}',
  );
  const tty = await cli('status', { status }, { isTTY: true });
  expect(tty.stderr).toContain('\x1b[K');
  expect(tty.stdout).toBe('No deployments.\n');
});

test('the first signal aborts, the second one ends the process', async () => {
  const script = `
    import { abortOnSignals } from './dist/cli/signals.js';
    const signal = abortOnSignals(() => process.stdout.write('first\\n'));
    signal.addEventListener('abort', () => process.stdout.write(signal.reason.code + '\\n'));
    setInterval(() => {}, 1000);
    process.stdout.write('ready\\n');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  await expect.poll(() => out, { timeout: 10_000 }).toBe('ready\n');
  child.kill('SIGINT');
  await expect.poll(() => out, { timeout: 10_000 }).toBe('ready\nfirst\nERR_CANCELLED\n');
  child.kill('SIGINT');
  expect((await once(child, 'exit'))[0]).toBe(130);
});

test('the compiled program tells its version and the help of every command', async () => {
  const run = promisify(execFile);
  const { version } = JSON.parse((await run('cat', ['package.json'])).stdout);
  expect((await run('dist/cli/main.js', ['--version'])).stdout).toBe(`${version}\n`);
  const { stdout } = await run('dist/cli/main.js', ['--help']);
  for (const name of [
    'compose',
    'resolve',
    'import',
    'dedup',
    'why',
    'status',
    'install',
    'uninstall',
    'deploy',
  ])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  for (const path of ['compose tree', 'compose layer', 'install', 'deploy'])
    expect((await run('dist/cli/main.js', [...path.split(' '), '--help'])).stdout).toContain(
      `EXAMPLES\n  apt-ostree ${path}`,
    );
});
