import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ProgressEvent } from '../../lib/monitor/monitor.ts';
import { openRemote } from '../../lib/system/remote/remote.ts';
import type { SystemOptions } from '../../lib/system/requests.ts';
import type { TransactionRun } from '../../lib/system/types.ts';

const module = '../test/system/fake-engine';

/** A system whose `status` does what it is told, and whose `why` tells its process and options. */
async function openFake(options: SystemOptions = {}) {
  const system = await openRemote(options, module);
  return {
    act: (action: string, value?: unknown, run?: TransactionRun) =>
      system.status({ action, value } as never, run) as unknown,
    self: () => system.why({ path: '/' }) as unknown as Promise<{ pid: number; options: unknown }>,
    [Symbol.asyncDispose]: () => system[Symbol.asyncDispose](),
  };
}

test('values and options cross the channel as they are', async () => {
  await using system = await openFake({ repo: '/r', wait: Number.POSITIVE_INFINITY });
  const value = {
    text: 'ü\0',
    none: undefined,
    deep: [{ big: Number.POSITIVE_INFINITY }],
    bytes: new Uint8Array([1]),
  };
  expect(await system.act('echo', value)).toEqual(value);
  const { pid, options } = await system.self();
  expect(pid).not.toBe(process.pid);
  expect(options).toEqual({ repo: '/r', wait: Number.POSITIVE_INFINITY });
});

test('progress and warnings arrive before the result', async () => {
  await using system = await openFake();
  const events: ProgressEvent[] = [];
  const warnings: string[] = [];
  const monitor = {
    progress: (e: ProgressEvent) => void events.push(e),
    warning: (t: string) => void warnings.push(t),
  };
  expect(await system.act('report', undefined, { monitor })).toBe('reported');
  expect(events).toMatchObject([{ task: 'import', done: 1, total: 2 }]);
  expect(warnings).toEqual(['careful']);
});

test('the engine asks, and waits for the answer; nobody to ask means fail', async () => {
  await using system = await openFake();
  const asked: unknown[] = [];
  const run: TransactionRun = {
    async decideScript(result) {
      asked.push(result);
      await new Promise((resolve) => setImmediate(resolve));
      return 'skip' as const;
    },
  };
  const answers = await Promise.all([system.act('ask', { a: 1 }, run), system.act('ask', { b: 2 }, run)]);
  expect(answers).toEqual(['skip', 'skip']);
  expect(asked).toEqual([{ a: 1 }, { b: 2 }]);
  expect(await system.act('ask', {})).toBe('fail');
  const unsure = {
    decideScript() {
      throw new Error('I cannot tell');
    },
  };
  await expect(system.act('ask', {}, unsure)).rejects.toThrow('I cannot tell');
});

test('errors keep code, hint and details; a defect becomes ERR_INTERNAL', async () => {
  await using system = await openFake();
  await expect(system.act('fail')).rejects.toMatchObject({
    name: 'AptOstreeError',
    code: 'ERR_TREEFILE',
    message: 'a.yaml:1:1: no',
    hint: 'look',
    details: { line: 1 },
  });
  await expect(system.act('bug')).rejects.toMatchObject({
    code: 'ERR_INTERNAL',
    message: 'undefined is not a function',
  });
  await expect(openFake({ os: 'refused' })).rejects.toMatchObject({ code: 'ERR_NO_DEPLOYMENT' });
});

test('a crash rejects every running call with the signal and the last words, and the next call works', async () => {
  await using system = await openFake();
  const { pid } = await system.self();
  const waiting = system.act('wait');
  const crashing = system.act('crash');
  const crashed = {
    code: 'ERR_INTERNAL',
    message: "the engine's process ended unexpectedly (signal SIGSEGV)",
    details: { stderr: 'OSTree:ERROR: assertion failed' },
  };
  await expect(crashing).rejects.toMatchObject(crashed);
  await expect(waiting).rejects.toMatchObject(crashed);
  expect((await system.self()).pid).not.toBe(pid);
  await expect(system.act('exit')).rejects.toThrow("the engine's process ended unexpectedly (exit status 3)");
  expect(await system.act('echo', 1)).toBe(1);
});

test('an abort rejects with its reason, after the engine has cleaned up', async () => {
  await using system = await openFake();
  const controller = new AbortController();
  const warnings: string[] = [];
  const reason = new Error('changed my mind');
  const monitor = {
    progress() {},
    warning(text: string) {
      warnings.push(text);
      if (text === 'waiting') controller.abort(reason);
    },
  };
  await expect(system.act('wait', undefined, { signal: controller.signal, monitor })).rejects.toBe(reason);
  expect(warnings).toEqual(['waiting', 'cleaned up']);
  await expect(system.act('echo', 1, { signal: controller.signal })).rejects.toBe(reason);
  expect(await system.act('echo', 2)).toBe(2);
});

test('closing ends the process and the calls that run in it; later calls are refused', async () => {
  const system = await openFake();
  const { pid } = await system.self();
  const waiting = system.act('wait') as Promise<unknown>;
  const ended = expect(waiting).rejects.toThrow();
  await system[Symbol.asyncDispose]();
  await ended;
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await expect(system.act('echo')).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  await system[Symbol.asyncDispose]();
});

test('an idle engine does not keep its process alive, and ends with it', async () => {
  const script = `
    import { openRemote } from './dist/system/remote/remote.js';
    const system = await openRemote({}, ${JSON.stringify(module)});
    console.log((await system.why({ path: '/' })).pid);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  await expect.poll(() => isRunning(Number(stdout)), { timeout: 10_000 }).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
