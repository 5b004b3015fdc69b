import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptOrchestrator } from '../../lib/scripts/script-orchestrator.ts';
import type { ScriptResult } from '../../lib/scripts/types.ts';
import { openRemote } from '../../lib/system/remote/remote.ts';
import type { AptOstreeSystem } from '../../lib/system/types.ts';
import { run } from '../helpers/run.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

const CHANGES = `
echo setting=two > /etc/tiny.conf
chmod 600 /usr/lib/demo/mode
rm /usr/lib/demo/gone
mkdir /var/lib/demo
echo 12345 > /var/lib/demo/state`;

let s: SmallSystem;
let remote: AptOstreeSystem;
const base = 'test/base';

beforeAll(async () => {
  s = await smallSystem([
    {
      control: { Package: 'demo' },
      files: 'f /usr/lib/demo/mode 0644 root root m\nf /usr/lib/demo/gone 0644 root root four',
      scripts: {
        // Quiet when the base is composed.
        postinst: `test "$2" || exit 0${CHANGES}`,
        prerm: 'echo prerm $1 >> /usr/lib/demo/mode',
        postrm: 'echo postrm $1 >> /usr/lib/demo/mode; test ! -e /etc/refuse',
      },
    },
  ]);
  await s.system.composeTree({ treefile: s.treefile({ ref: base, packages: ['demo'] }) });
  remote = await openRemote({ repo: s.repo, cacheDir: join(s.dir, 'first/cache') });
});
afterAll(async () => {
  await remote?.[Symbol.asyncDispose]();
  await s?.[Symbol.asyncDispose]();
});

const text = (body: string) => `#!/bin/sh -e\n${body}\n`;
const shell = (body: string) => ({ package: 'demo', script: 'postinst' as const, text: text(body) });

async function leftovers(): Promise<{ work: string[]; mounts: string[] }> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter((l) => l.includes(s.dir));
  return { work: await readdir(join(s.repo, 'extensions/apt-ostree/work')), mounts };
}

describe.each([
  ['in this process', () => s.system],
  ["in the engine's process", () => remote],
] as const)('scripts on a commit, %s', (_where, system) => {
  const content = async (
    scripts: { readFile(path: string): Promise<Uint8Array | null> },
    path: string,
  ): Promise<string | null> => {
    const data = await scripts.readFile(path);
    return data && Buffer.from(data).toString();
  };

  it('tell what they changed, with sizes, and are undone alone', async () => {
    await using scripts = await system().openScripts({ base });
    expect(scripts.base).toMatch(/^[0-9a-f]{64}$/);
    expect(await scripts.scriptsOf('demo')).toEqual(['postinst', 'prerm', 'postrm']);
    const result = await scripts.execute({ package: 'demo', script: 'postinst' });
    expect(result).toMatchObject({
      package: 'demo',
      version: '1.0',
      script: 'postinst',
      args: ['configure', '1.0'],
      state: 'succeeded',
      exit: 0,
    });
    expect(result.changes).toEqual([
      { path: '/etc/tiny.conf', kind: 'modified', type: 'file', size: 12, sizeBefore: 10 },
      { path: '/usr/lib/demo/gone', kind: 'removed', type: 'file', size: 0, sizeBefore: 5 },
      { path: '/usr/lib/demo/mode', kind: 'metadata', type: 'file', size: 2, sizeBefore: 2 },
      { path: '/var/lib/demo', kind: 'added', type: 'dir', size: expect.any(Number), sizeBefore: null },
      { path: '/var/lib/demo/state', kind: 'added', type: 'file', size: 6, sizeBefore: null },
    ]);
    expect(await content(scripts, '/etc/tiny.conf')).toBe('setting=two\n');
    expect(await scripts.undo(result)).toMatchObject({ state: 'undone' });
    expect(scripts.results.map((r) => r.state)).toEqual(['undone']);
    expect(await content(scripts, '/etc/tiny.conf')).toBe('setting=1\n');
    // What a script sees is as before, too, and the same script changes the same again.
    await scripts.execute(
      shell(
        'test -e /usr/lib/demo/gone; test ! -e /var/lib/demo; test $(stat -c %a /usr/lib/demo/mode) = 644',
      ),
    );
    expect((await scripts.execute({ package: 'demo', script: 'postinst' })).changes).toEqual(result.changes);
    await expect(scripts.undo(result)).rejects.toMatchObject({ code: 'ERR_SCRIPT_UNDO' });
  });

  it('that others stand upon are undone with them, the latest first', async () => {
    await using scripts = await system().openScripts({ base });
    const first = await scripts.execute(shell('echo 1 > /etc/a'));
    const second = await scripts.execute(shell('cat /etc/a /etc/a > /etc/b'));
    const third = await scripts.execute(shell('rm /etc/a'));
    await expect(scripts.undo(first)).rejects.toMatchObject({
      code: 'ERR_SCRIPT_UNDO',
      details: { later: ['demo.postinst', 'demo.postinst'] },
    });
    expect(await content(scripts, '/etc/b')).toBe('1\n1\n');
    expect((await scripts.undoFrom(second)).map((r) => r.changes[0]?.path)).toEqual(['/etc/a', '/etc/b']);
    expect(await content(scripts, '/etc/a')).toBe('1\n');
    expect(await content(scripts, '/etc/b')).toBeNull();
    expect(scripts.results.map((r) => r.state)).toEqual(['succeeded', 'undone', 'undone']);
    await expect(scripts.undoFrom(third)).rejects.toMatchObject({ code: 'ERR_SCRIPT_UNDO' });
    await scripts.keep();
    await expect(scripts.undo(first)).rejects.toMatchObject({ code: 'ERR_SCRIPT_UNDO' });
    expect(await content(scripts, '/etc/a')).toBe('1\n');
  });

  it('of a text find themselves nowhere in the tree, and dpkg’s environment', async () => {
    await using scripts = await system().openScripts({ base });
    const request = { package: 'newcomer', script: 'preinst', args: ['install', '2'] } as const;
    const result = await scripts.execute({
      ...request,
      args: [...request.args],
      text: text('echo "$0 $* $DPKG_MAINTSCRIPT_PACKAGE" > /etc/said'),
    });
    expect(await content(scripts, '/etc/said')).toBe('/var/lib/dpkg/tmp.ci/preinst install 2 newcomer\n');
    expect(result.changes.map((c) => c.path)).toEqual(['/etc/said']);
    await scripts.execute(shell('test "$(ls /var/lib/dpkg/tmp.ci)" = postinst'));
  });

  it('that fail leave the tree as it was; policy may retry, skip or ask', async () => {
    await using scripts = await system().openScripts({ base });
    const bad = shell('echo half > /etc/half; echo no such thing >&2; exit 3');
    const error = await scripts.execute(bad).catch((e) => e);
    expect(error).toMatchObject({ code: 'ERR_SCRIPT_FAILED', details: { exit: 3, state: 'failed' } });
    expect(error.details.changes).toMatchObject([{ path: '/etc/half', kind: 'added', size: 5 }]);
    expect(await readFile(error.details.log, 'utf8')).toContain('no such thing');
    expect(await content(scripts, '/etc/half')).toBeNull();
    await expect(scripts.execute({ ...bad, policy: { kind: 'retry', times: 2 } })).rejects.toMatchObject({
      details: { attempts: 3 },
    });
    const forgiving = { kind: 'skip', scripts: ['demo.postinst'] } as const;
    const skipped = await scripts.execute({ ...bad, policy: forgiving });
    expect(skipped.state).toBe('skipped');
    await expect(scripts.undo(skipped)).rejects.toMatchObject({ code: 'ERR_SCRIPT_UNDO' });
    const asked: ScriptResult[] = [];
    const decide = async (result: ScriptResult) => {
      asked.push(result);
      return asked.length < 2 ? ('retry' as const) : ('skip' as const);
    };
    expect(await scripts.execute({ ...bad, policy: { kind: 'ask', decide } })).toMatchObject({
      state: 'skipped',
      attempts: 2,
    });
    expect(asked.map((r) => r.attempts)).toEqual([1, 2]);
    expect(scripts.results.map((r) => r.state)).toEqual(['failed', 'failed', 'skipped', 'skipped']);
    await expect(scripts.execute({ ...shell('sleep 60'), timeoutSeconds: 1 })).rejects.toMatchObject({
      code: 'ERR_SCRIPT_TIMEOUT',
    });
  });

  it('are aborted by a signal, and the next one runs', async () => {
    await using scripts = await system().openScripts({ base });
    const stop = new AbortController();
    const running = scripts.execute(shell('echo x > /etc/begun; sleep 300'), { signal: stop.signal });
    setTimeout(() => stop.abort('enough'), 500);
    await expect(running).rejects.toBe('enough');
    expect(await content(scripts, '/etc/begun')).toBeNull();
    expect((await scripts.execute(shell('echo y > /etc/next'))).changes).toHaveLength(1);
    await expect(scripts.execute(shell('true'), { signal: stop.signal })).rejects.toBe('enough');
  });

  it('leave nothing behind, and hold nobody up', async () => {
    const before = await run('ostree', ['refs', `--repo=${s.repo}`]);
    const scripts = await system().openScripts({ base });
    expect((await leftovers()).work).not.toEqual([]);
    // Another transaction on the repository goes on meanwhile.
    expect(
      (await s.system.composeTree({ treefile: s.treefile({ ref: base, packages: ['demo'] }) })).unchanged,
    ).toBe(true);
    const result = await scripts.execute({ package: 'demo', script: 'postinst' });
    const running = scripts.execute(shell('sleep 300'));
    const waiting = scripts.execute(shell('true'));
    const ended = Promise.allSettled([running, waiting]);
    setTimeout(() => void scripts.close(), 300);
    expect(await ended).toMatchObject([
      { reason: { code: 'ERR_CLOSED' } },
      { reason: { code: 'ERR_CLOSED' } },
    ]);
    await scripts.close();
    await expect(scripts.execute(shell('true'))).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    await expect(scripts.undo(result)).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    expect(await leftovers()).toEqual({ work: [], mounts: [] });
    expect(await run('ostree', ['refs', `--repo=${s.repo}`])).toBe(before);
  });

  it('are refused where there is nothing to run', async () => {
    await expect(system().openScripts({ base: 'test/nothing' })).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
    await expect(system().openScripts({})).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await using scripts = await system().openScripts({ base });
    for (const wrong of [
      { package: 'absent', script: 'postinst' },
      { package: 'demo', script: 'preinst' },
      { package: 'demo', script: 'config' },
      { package: '../demo', script: 'postinst', text: text('true') },
      { package: 'demo', script: 'postinst', text: 'true' },
    ])
      await expect(scripts.execute(wrong as never)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await expect(scripts.readFile('../etc/passwd')).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});

it('scripts end with the engine’s process, however that ends', async () => {
  const processes = async () => (await run('ps', ['-eo', 'pid=,ppid=,args='])).split('\n');
  const engines = async () => {
    const rows = (await processes()).map((line) => line.trim().split(/ +/));
    const own = rows.filter(([, parent]) => parent === String(process.pid));
    return own.filter((row) => row.some((word) => word.includes('remote-child'))).map(([pid]) => Number(pid));
  };
  const sleeps = async () => (await processes()).some((line) => line.endsWith('sleep 98765'));
  const others = await engines();
  await using engine = await openRemote({ repo: s.repo, cacheDir: join(s.dir, 'first/cache') });
  const [pid] = (await engines()).filter((each) => !others.includes(each));
  const scripts = await engine.openScripts({ base });
  const ended = scripts.execute(shell('sleep 98765')).catch((error) => error);
  await expect.poll(sleeps).toBe(true);
  process.kill(pid!, 'SIGKILL');
  expect(await ended).toMatchObject({ code: 'ERR_INTERNAL' });
  await expect.poll(sleeps).toBe(false);
  await scripts.close();
  await expect(scripts.execute(shell('true'))).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  await s.system.composeTree({ treefile: s.treefile({ ref: base, packages: ['demo'] }) });
  expect(await leftovers()).toEqual({ work: [], mounts: [] });
});

it('an event runs its scripts in dpkg’s order as one, or none has happened', async () => {
  await using scripts = await s.system.openScripts({ base });
  const orchestrator = new ScriptOrchestrator(scripts);
  const remove = { kind: 'remove', inFavourOf: null } as const;
  expect(ScriptOrchestrator.calls(remove).map((c) => c.script)).toEqual(['prerm', 'postrm']);
  const mode = async () => Buffer.from((await scripts.readFile('/usr/lib/demo/mode'))!).toString();
  const results = await orchestrator.run('demo', remove);
  expect(results.map((r) => [r.script, ...r.args])).toEqual([
    ['prerm', 'remove'],
    ['postrm', 'remove'],
  ]);
  expect(await mode()).toBe('m\nprerm remove\npostrm remove\n');
  await scripts.undoFrom(results[0]!);
  await scripts.execute(shell('echo > /etc/refuse'));
  await expect(orchestrator.run('demo', remove)).rejects.toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
  expect(await mode()).toBe('m\n');
  expect(scripts.results.map((r) => `${r.script} ${r.state}`).slice(-2)).toEqual([
    'prerm undone',
    'postrm failed',
  ]);
});

describe('scripts on an ordinary root', () => {
  it('see it, and leave it as it is', async () => {
    const root = join(s.dir, 'root');
    await s.system.composeRootfs({ treefile: s.treefile({ packages: ['demo'] }), dir: root });
    // A link that leads out of the root is a link.
    await run('ln', ['-s', s.dir, join(root, 'etc/out')]);
    await writeFile(join(s.dir, 'outside'), 'secret');
    const list = () => run('find', [root, '-printf', '%P %y %m %U:%G %s %T@ %l\\n']);
    const before = await list();
    await using scripts = await s.system.openScripts({ root });
    expect(scripts.base).toBe(root);
    expect(await scripts.readFile('/etc/out/outside')).toBeNull();
    const result = await scripts.execute({ package: 'demo', script: 'postinst' });
    expect(result.changes.map((c) => `${c.kind} ${c.path} ${c.sizeBefore} ${c.size}`)).toContain(
      'modified /etc/tiny.conf 10 12',
    );
    await scripts.undo(result);
    expect(Buffer.from((await scripts.readFile('/etc/tiny.conf'))!).toString()).toBe('setting=1\n');
    await scripts.execute({ package: 'demo', script: 'postinst' });
    expect(await list()).toBe(before);
  });

  it('that is none, or that of this machine, are refused', async () => {
    await mkdir(join(s.dir, 'empty'));
    await expect(s.system.openScripts({ root: join(s.dir, 'empty') })).rejects.toMatchObject({
      code: 'ERR_DPKG_DATABASE',
    });
    await expect(s.system.openScripts({ root: '/' })).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await expect(s.system.openScripts({ root: s.dir, base })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});
