import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxOutcome } from '../../lib/native/types.ts';
import { ScriptRunner, type ScriptRunnerOptions } from '../../lib/scripts/script-runner.ts';
import type { ScriptCall, ScriptResult } from '../../lib/scripts/types.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { fakeStack } from './fake-stack.ts';

const CALL: ScriptCall = {
  package: 'foo',
  version: '1:1.0-1',
  architecture: 'amd64',
  script: 'postinst',
  args: ['configure', ''],
  path: '/var/lib/dpkg/info/foo.postinst',
  refcount: 1,
};
const BAD = { exit: 1, tail: 'reading\nno such user\n' };

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir('manager');
  await mkdir(dir.file('logs'));
});
afterAll(() => dir[Symbol.asyncDispose]());

function setUp(outcomes: (Partial<SandboxOutcome> | Error)[], options: Partial<ScriptRunnerOptions> = {}) {
  const stack = fakeStack(outcomes);
  const manager = new ScriptRunner({
    logs: dir.file('logs'),
    masks: { select: async () => ['/masks/policy'] },
    dpkgVersion: '1.21.22',
    sourceDateEpoch: 0,
    ...options,
  });
  return { stack, manager, execute: (more = {}) => manager.executeScript({ ...CALL, stack, ...more }) };
}

describe('a script that succeeds', () => {
  test('runs from a savepoint with its path, environment and masks, and is recorded', async () => {
    const { stack, manager, execute } = setUp([{ tail: 'done\n' }]);
    const result = await execute();
    expect(stack.events).toEqual(['savepoint', 'run', 'release']);
    const { origin, argv, env, masks } = stack.requests[0]!;
    expect(argv).toEqual(['/var/lib/dpkg/info/foo.postinst', 'configure', '']);
    expect(env).toMatchObject({
      DPKG_MAINTSCRIPT_PACKAGE: 'foo',
      DPKG_MAINTSCRIPT_NAME: 'postinst',
      DPKG_RUNNING_VERSION: '1.21.22',
    });
    expect(origin).toMatchObject({
      kind: 'script',
      package: 'foo',
      version: '1:1.0-1',
      args: ['configure', ''],
    });
    expect(masks).toEqual(['/masks/policy']);
    expect(result).toMatchObject({ state: 'succeeded', exit: 0, attempts: 1, tail: 'done\n', cached: false });
    expect(result.changes).toEqual([
      { path: '/etc/foo', kind: 'added', type: 'file', size: 3, sizeBefore: null },
    ]);
    expect(manager.results).toEqual([result]);
  });

  test('has a log of its own, also when the same script runs twice', async () => {
    const { execute } = setUp([]);
    expect((await execute()).log).not.toBe((await execute()).log);
  });

  test('can be undone when that was asked for, the latest first', async () => {
    const { stack, manager, execute } = setUp([]);
    const first = await execute({ undoable: true });
    const second = await execute({ undoable: true });
    const plain = await execute();
    expect(stack.events.join(' ')).toBe('savepoint run savepoint run savepoint run release');
    await expect(manager.undo(first)).rejects.toMatchObject({
      code: 'ERR_SCRIPT_UNDO',
      details: { later: ['foo.postinst'] },
    });
    await expect(manager.undo(plain)).rejects.toMatchObject({ code: 'ERR_SCRIPT_UNDO' });
    expect((await manager.undo(second)).state).toBe('undone');
    expect((await manager.undo(first)).state).toBe('undone');
    expect(stack.events.slice(-2)).toEqual(['pop', 'pop']);
    expect(manager.results.map((r) => r.state)).toEqual(['undone', 'undone', 'succeeded']);
    await expect(manager.undo(second)).rejects.toMatchObject({ code: 'ERR_SCRIPT_UNDO' });
    const kept = await execute({ undoable: true });
    manager.settle();
    expect(stack.events.at(-1)).toBe('release');
    await expect(manager.undo(kept)).rejects.toMatchObject({ code: 'ERR_SCRIPT_UNDO' });
  });

  test('has failed all the same when its output says so', async () => {
    const tail = 'ok\ndracut[E]: FAILED:  /usr/lib/dracut/dracut-install -a poweroff reboot\nmore\n';
    const error = await setUp([{ tail }])
      .execute()
      .catch((e) => e);
    expect(error).toMatchObject({ code: 'ERR_SCRIPT_FAILED', details: { state: 'failed', exit: 0 } });
    expect(error.message).toContain('dracut-install -a poweroff reboot');
  });
});

describe('a script that fails', () => {
  test('ends the transaction: undone, and the error tells all there is to know', async () => {
    const { stack, manager, execute } = setUp([BAD]);
    const error = await execute().catch((e) => e);
    expect(stack.events).toEqual(['savepoint', 'run', 'pop']);
    expect(error.code).toBe('ERR_SCRIPT_FAILED');
    expect(error.message).toBe("foo.postinst configure '' (1:1.0-1) failed with exit status 1: no such user");
    expect(error.hint).toContain(error.details.log);
    expect(error.details).toMatchObject({
      package: 'foo',
      script: 'postinst',
      args: ['configure', ''],
      exit: 1,
      tail: BAD.tail,
    });
    expect(error.details.changes).toHaveLength(1);
    expect(manager.results).toEqual([error.details]);
  });

  test('by a signal or by taking too long', async () => {
    const segv = await setUp([{ exit: null, signal: 11 }])
      .execute()
      .catch((e) => e);
    expect(segv.message).toContain('was ended by SIGSEGV');
    const slow = await setUp([{ exit: null, signal: 9, timedOut: true }], { timeoutSeconds: 5 })
      .execute()
      .catch((e) => e);
    expect(slow).toMatchObject({ code: 'ERR_SCRIPT_TIMEOUT', details: { state: 'timed-out' } });
    expect(slow.message).toContain('did not end within 5 seconds');
  });

  test('is run again as often as policy says, each time from the same state', async () => {
    const good = setUp([BAD, BAD, {}], { policy: { kind: 'retry', times: 2 } });
    expect(await good.execute()).toMatchObject({ state: 'succeeded', attempts: 3 });
    expect(good.stack.events.join(' ')).toBe('savepoint run pop savepoint run pop savepoint run release');
    const bad = setUp([BAD, BAD, {}], { policy: { kind: 'retry', times: 1 } });
    await expect(bad.execute()).rejects.toMatchObject({
      code: 'ERR_SCRIPT_FAILED',
      details: { attempts: 2 },
    });
  });

  test('is skipped only where it is listed, undone and recorded', async () => {
    const policy = { kind: 'skip', scripts: ['foo.postinst'] } as const;
    const { stack, manager, execute } = setUp([BAD, BAD], { policy });
    expect(await execute()).toMatchObject({ state: 'skipped', exit: 1 });
    expect(stack.events).toEqual(['savepoint', 'run', 'pop']);
    await expect(execute({ script: 'preinst' })).rejects.toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
    expect(manager.results.map((r) => r.state)).toEqual(['skipped', 'failed']);
  });

  test('is what the caller decides', async () => {
    const asked: ScriptResult[] = [];
    const answers = ['retry', 'skip', 'fail'] as const;
    const policy = {
      kind: 'ask' as const,
      decide: (result: ScriptResult) => answers[asked.push(result) - 1]!,
    };
    const { manager, execute } = setUp([BAD, BAD, BAD], { policy });
    expect(await execute()).toMatchObject({ state: 'skipped', attempts: 2 });
    await expect(execute()).rejects.toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
    expect(asked).toHaveLength(3);
    expect(manager.results.map((r) => r.state)).toEqual(['skipped', 'failed']);
  });

  test('leaves no savepoint when it could not even be run', async () => {
    const { stack, manager, execute } = setUp([new Error('no sandbox')]);
    await expect(execute()).rejects.toThrow('no sandbox');
    expect(stack.events).toEqual(['savepoint', 'run', 'pop']);
    expect(manager.results).toEqual([]);
  });
});
