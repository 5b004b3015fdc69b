import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareMasks } from '../../../lib/scripts/masks/masks.ts';
import { ScriptRunner } from '../../../lib/scripts/script-runner.ts';
import type { ScriptCall } from '../../../lib/scripts/types.ts';
import { run } from '../../helpers/run.ts';
import { tempDir } from '../../helpers/temp.ts';
import { leftovers } from '../../native/leftovers.ts';
import { makeRoot } from '../../native/small-root.ts';
import { smallStack } from './small-stack.ts';

/** What a script may do to us, and how it is seen. All of it must leave the tree below, and the machine, alone. */
const FAULTS: [name: string, script: string, seen: string][] = [
  ['exits with 1', 'exit 1', 'ERR_SCRIPT_FAILED 1'],
  ['calls a program that does not exist', 'set -e; no-such-program', 'ERR_SCRIPT_FAILED 127'],
  ['dies of SIGSEGV', 'kill -SEGV $$', 'ERR_SCRIPT_FAILED SIGSEGV'],
  ['kills itself', 'kill -KILL $$', 'ERR_SCRIPT_FAILED SIGKILL'],
  ['loops without end', 'while :; do :; done', 'ERR_SCRIPT_TIMEOUT'],
  [
    'writes gigabytes of output',
    'dd if=/dev/zero bs=1M count=2048 2>/dev/null; exit 1',
    'ERR_SCRIPT_FAILED 1',
  ],
  ['fills /tmp', 'dd if=/dev/zero of=/tmp/x bs=1M; exit 1', 'ERR_SCRIPT_FAILED 1'],
  ['fills the disk', 'dd if=/dev/zero of=/usr/x bs=1M; exit 1', 'ERR_SCRIPT_FAILED 1'],
  ['removes everything', 'rm -rf /; exit 1', 'ERR_SCRIPT_FAILED 1'],
  [
    'leaves a daemon',
    '(setsid sh -c "while :; do echo x >> /etc/grows; done" &); exit 1',
    'ERR_SCRIPT_FAILED 1',
  ],
  ['leaves a process that holds its output', 'sleep 100000 & exit 1', 'ERR_SCRIPT_FAILED 1'],
  ['takes all rights from /', 'chmod 000 /; exit 1', 'ERR_SCRIPT_FAILED 1'],
  [
    'writes into every file',
    'for f in $(find / -xdev -type f); do echo x >> $f; done; exit 1',
    'ERR_SCRIPT_FAILED 1',
  ],
  [
    'writes through a shared mapping',
    'harm mmap-write /etc/passwd && grep -q HARM /etc/passwd && exit 1',
    'ERR_SCRIPT_FAILED 1',
  ],
  ['kills its parents', 'kill -9 1; kill -9 $PPID; kill -9 -1; exit 1', 'ERR_SCRIPT_FAILED'],
  ['makes namespaces', 'harm newuser || harm newns || exit 1', 'ERR_SCRIPT_FAILED 1'],
  [
    'asks before it writes a kernel setting',
    'file=/proc/sys/kernel/core_pattern; harm access $file && cp $file /tmp/same && cat /tmp/same > $file || exit 1',
    'ERR_SCRIPT_FAILED 1',
  ],
];

const CALLS: Record<string, Pick<ScriptCall, 'script' | 'args' | 'path'>> = {
  preinst: { script: 'preinst', args: ['install'], path: '/var/lib/dpkg/tmp.ci/preinst' },
  postinst: { script: 'postinst', args: ['configure', ''], path: '/var/lib/dpkg/info/bad.postinst' },
  trigger: {
    script: 'postinst',
    args: ['triggered', '/usr/share/a b'],
    path: '/var/lib/dpkg/info/bad.postinst',
  },
};

/** Everything of a tree: names, modes, owners, content. */
async function digest(dir: string): Promise<string> {
  const listing = await run('find', [dir, '-printf', '%P %y %m %U:%G %n %l\n']);
  const hash = createHash('sha256').update(listing.split('\n').sort().join('\n'));
  for (const entry of (await readdir(dir, { recursive: true, withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  ))
    if (entry.isFile()) hash.update(await readFile(join(entry.parentPath, entry.name)));
  return hash.digest('hex');
}

async function setUp() {
  const dir = await tempDir('faults');
  // Small, so that filling the disk fills this one.
  await mkdir(dir.file('disk'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'faults', dir.file('disk')]);
  const root = dir.file('disk', 'root');
  await makeRoot(root);
  for (const sub of ['tmp.ci', 'info']) await mkdir(join(root, 'var/lib/dpkg', sub), { recursive: true });
  await run('gcc', ['-static', '-O1', '-o', join(root, 'bin/harm'), join(import.meta.dirname, 'harm.c')]);
  await mkdir(dir.file('logs'));
  const stack = await smallStack(root, dir.file('disk', 'work'));
  const masks = await prepareMasks(dir.file('disk', 'masks'));
  const options = {
    logs: dir.file('logs'),
    masks,
    dpkgVersion: '1.21.22',
    sourceDateEpoch: 0,
    outputLimit: 100_000,
  };
  const install = async (path: string, script: string) => {
    await writeFile(join(root, path), `#!/bin/sh\nPATH=/bin\n${script}\n`);
    await chmod(join(root, path), 0o755);
  };
  const execute = (call: Pick<ScriptCall, 'script' | 'args' | 'path'>, timeoutSeconds = 60) =>
    new ScriptRunner({ ...options, timeoutSeconds }).executeScript({
      ...call,
      stack,
      package: 'bad',
      version: '1.0',
      architecture: 'all',
      refcount: 1,
    });
  return { dir, root, stack, install, execute };
}

let at: Awaited<ReturnType<typeof setUp>>;
beforeAll(async () => {
  at = await setUp();
});
afterAll(async () => {
  await run('umount', [at.dir.file('disk')]);
  await at.dir[Symbol.asyncDispose]();
});

async function checkFault(call: (typeof CALLS)[string], script: string, seen: string, seconds: number) {
  await at.install(call.path, script);
  const before = await digest(at.root);

  const [code, how] = seen.split(' ');
  const error = await at.execute(call, seconds).catch((e) => e);
  expect(error).toMatchObject({ code, details: { package: 'bad', script: call.script, args: call.args } });
  if (how) expect(error.message).toMatch(new RegExp(`(exit status|ended by) ${how}\\b`));

  expect(at.stack.layers).toEqual([]);
  expect(await digest(at.root)).toBe(before);
  expect(await leftovers(at.dir.file('disk', 'work'))).toEqual({ mounts: [], processes: [] });
  expect((await readFile(error.details.log)).length).toBeLessThanOrEqual(100_000);

  const clean = await at.stack.savepoint();
  await at.install(call.path, 'echo fine > /etc/fine');
  expect(await at.execute(call)).toMatchObject({ state: 'succeeded' });
  expect(await readFile(join(at.stack.layers[0]!, 'etc/fine'), 'utf8')).toBe('fine\n');
  await at.stack.pop(clean);
}

describe.each(Object.entries(CALLS))('a %s that', (_name, call) => {
  test.each(FAULTS)('%s', (_fault, script, seen) =>
    checkFault(call, script, seen, seen === 'ERR_SCRIPT_TIMEOUT' ? 1.5 : 60),
  );
});

// Once and briefly: it is hard on a machine that does other things too.
test('a postinst that is a fork bomb', () => {
  const bomb = 'bomb() { sleep 100000 & bomb & bomb & }; bomb; while :; do :; done';
  return checkFault(CALLS.postinst!, bomb, 'ERR_SCRIPT_TIMEOUT', 0.5);
});

test('system calls that lead out of the sandbox are refused', async () => {
  const calls = [
    'newuser',
    'clone-newuser',
    'clone3',
    'newns',
    'mount',
    'keyctl',
    'bpf',
    'io_uring',
    'tiocsti',
  ];
  if (process.arch === 'x64') calls.push('newuser-i386', 'newuser-x32');
  await at.install(CALLS.postinst!.path, calls.map((name) => `harm ${name}`).join('\n') + '\ntrue');
  const result = await at.execute(CALLS.postinst!);
  expect(result.tail.trimEnd().split('\n')).toEqual(calls.map((name) => `${name}: refused`));
});
