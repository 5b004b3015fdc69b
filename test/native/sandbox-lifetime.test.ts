import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runSandbox } from '../../lib/native/sandbox.ts';
import type { SandboxRequest } from '../../lib/native/types.ts';
import { run } from '../helpers/run.ts';
import { leftovers } from './leftovers.ts';
import { type SmallWork, smallWork } from './small-root.ts';

let work: SmallWork;
/** An argument that no other process on the machine has. */
let mark: string;
beforeAll(async () => {
  work = await smallWork();
  mark = `1000000.${process.pid}${Date.now()}`;
});
afterAll(async () => {
  await work[Symbol.asyncDispose]();
});
afterEach(async () => {
  expect(await leftovers(work.dir)).toEqual({ mounts: [], processes: [] });
  expect((await leftovers(mark)).processes).toEqual([]);
});

async function sandbox(script: string, more: Partial<SandboxRequest> = {}) {
  const request = await work.request(script, more);
  return { request, outcome: await runSandbox(request) };
}

test('what a program leaves running is killed when it ends, also in other sessions and with the output open', async () => {
  const { outcome } = await sandbox(
    `sleep ${mark} & setsid sleep ${mark} & (setsid sh -c 'while :; do echo x; done' &) ; exit 0`,
  );
  expect(outcome).toMatchObject({ exit: 0, timedOut: false });
});

test('nothing changes in the upper folder after the end', async () => {
  const { request } = await sandbox(
    `(setsid sh -c 'while :; do echo x >> /etc/grows; done' &); sleep 0.2; exit 0`,
  );
  const size = (await stat(`${request.upper}/etc/grows`)).size;
  await sleep(200);
  expect((await stat(`${request.upper}/etc/grows`)).size).toBe(size);
});

test('the time limit ends everything', async () => {
  const { outcome } = await sandbox(`echo begun; sleep ${mark} & sleep ${mark}`, { timeoutSeconds: 0.5 });
  expect(outcome).toMatchObject({ exit: null, signal: 9, timedOut: true, tail: 'begun\n' });
});

test('a program that ignores signals and one that kills its parents are ended too', async () => {
  const { outcome } = await sandbox(
    `trap '' TERM INT HUP; kill -9 1 $PPID; kill -9 -1; sleep ${mark}; sleep ${mark}`,
    {
      timeoutSeconds: 0.5,
    },
  );
  expect(outcome.timedOut).toBe(true);
});

test('output is cut at the limit, read on, and its end kept', async () => {
  const { request, outcome } = await sandbox('seq 1 2000000; echo the end', { outputLimit: 10_000 });
  expect(outcome).toMatchObject({ exit: 0, outputTruncated: true });
  expect((await readFile(request.log, 'utf8')).length).toBe(10_000);
  expect(outcome.tail.length).toBeLessThanOrEqual(4096);
  expect(outcome.tail.startsWith('1999')).toBe(true);
  expect(outcome.tail.endsWith('2000000\nthe end\n')).toBe(true);
});

test('an abort rejects with its own reason, once nothing is left', async () => {
  for (const delay of [0, 1, 3, 10, 100]) {
    const controller = new AbortController();
    const request = await work.request(`sleep ${mark}`);
    const running = runSandbox(request, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), delay);
    await expect(running).rejects.toThrow('enough');
    expect((await leftovers(mark)).processes).toEqual([]);
  }
});

test('kill -9 of the process that runs the sandbox leaves no mount and no process, at any moment', async () => {
  for (const delay of [0, 1, 2, 3, 4, 6, 9, 15, 50]) {
    const request = await work.request(`echo begun; setsid sleep ${mark} & sleep ${mark}`, {
      timeoutSeconds: 600,
    });
    const program = `
      const addon = require(${JSON.stringify(resolve('build/Release/ostree.node'))});
      addon.runSandbox(${JSON.stringify(request)}, { token: addon.createCancelToken(), onProgress: undefined });
      setInterval(() => {}, 1000);
      process.stdout.write('running');`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await sleep(delay);
    if (delay === 50) {
      // The mounts exist, in namespaces that no process outside of the sandbox can see.
      expect((await leftovers(work.dir)).mounts).not.toEqual([]);
      expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(work.dir);
    }
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    for (let i = 0; i < 100 && (await leftovers(mark)).processes.length > 0; i++) await sleep(20);
    expect((await leftovers(mark)).processes).toEqual([]);
  }
});

test('a process that ends takes its control group along', async () => {
  const request = await work.request('true');
  const program = `
    const addon = require(${JSON.stringify(resolve('build/Release/ostree.node'))});
    addon.runSandbox(${JSON.stringify(request)}, { token: addon.createCancelToken(), onProgress: undefined })
      .then((outcome) => console.log(process.pid, outcome.exit));`;
  const [pid, exit] = (await run('node', ['-e', program])).split(' ').map(Number);
  expect(exit).toBe(0);
  const left = await run('find', ['/sys/fs/cgroup', '-name', `apt-ostree-${pid}*`], { ok: [0, 1] });
  expect(left).toBe('');
});

test('many at the same time do not disturb each other', async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, async (_, i) =>
      runSandbox(await work.request(`echo ${i} > /etc/mine; cat /etc/mine; exit ${i}`)),
    ),
  );
  expect(all.map((one) => [one.exit, one.tail])).toEqual(Array.from({ length: 20 }, (_, i) => [i, `${i}\n`]));
});
