import { release } from 'node:os';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxOutcome, SandboxRequest } from '../../lib/native/types.ts';
import { memoryGroup } from '../helpers/memory-group.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { type SmallWork, smallWork } from './small-root.ts';

let work: SmallWork;
beforeAll(async () => {
  work = await smallWork();
});
afterAll(async () => work[Symbol.asyncDispose]());

/** Runs a sandbox from a process of its own, which `before` prepares in a shell. */
async function runFrom(before: string, request: SandboxRequest): Promise<SandboxOutcome> {
  const program = `
    const addon = require(${JSON.stringify(resolve('build/Release/ostree.node'))});
    addon.runSandbox(${JSON.stringify(request)}, { token: addon.createCancelToken(), onProgress: undefined })
      .then((outcome) => console.log(JSON.stringify(outcome)));`;
  const shell = `set -e; ${before}; exec "$0" -e "$1"`;
  return JSON.parse(await run('unshare', ['-m', 'sh', '-c', shell, process.execPath, program]));
}

function kernelIsAtLeast(major: number, minor: number): boolean {
  const [first = 0, second = 0] = release().split('.').map(Number);
  return first > major || (first === major && second >= minor);
}

test('processes are limited without any control group, where the kernel can', async () => {
  // docs/sandbox.md says what holds on older kernels.
  if (!kernelIsAtLeast(6, 14)) return;
  const request = await work.request(
    "trap 'echo $made' EXIT; made=0; while :; do sleep 1000 & made=$((made + 1)); done",
    { timeoutSeconds: 100 },
  );
  const outcome = await runFrom('mount -t tmpfs none /sys/fs/cgroup', request);
  const [message, made] = outcome.tail.trim().split('\n').slice(-2);
  expect(message).toContain("can't fork");
  expect(Number(made)).toBeGreaterThan(3000);
  expect(Number(made)).toBeLessThan(4096);
});

test('the limit is that of the sandbox and not of the machine', async () => {
  const before = await run('cat', ['/proc/sys/kernel/pid_max']);
  expect(await runFrom(':', await work.request('true'))).toMatchObject({ exit: 0 });
  expect(await run('cat', ['/proc/sys/kernel/pid_max'])).toBe(before);
});

describe.runIf(await machineHas('memory-group'))('in a group with little memory', () => {
  test('what takes it all is killed, and not the engine', async () => {
    await using group = await memoryGroup(400 << 20);
    const request = await work.request('dd if=/dev/zero of=/dev/null bs=2000M count=1; echo "ended with $?"');
    const outcome = await runFrom(group.enter, request);
    expect(outcome).toMatchObject({ exit: 0, tail: expect.stringContaining('ended with 137') });
  });
});
