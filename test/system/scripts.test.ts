import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepo } from '../../lib/native/repo.ts';
import { parseSkipped } from '../../lib/scripts/skipped.ts';
import type { FailureDecision, ScriptResult } from '../../lib/scripts/types.ts';
import { openRemote } from '../../lib/system/remote/remote.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { SCRIPT_PACKAGES } from './script-packages.ts';
import { refsOf, type SmallSystem, smallSystem } from './small-system.ts';

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem(SCRIPT_PACKAGES);
  await s.system.composeTree({ treefile: s.treefile({ ref: 'test/base' }) });
});
afterAll(async () => s?.[Symbol.asyncDispose]());

const treefile = (ref: string) => s.treefile({ ref, packages: ['broken'] });
const skip = ['broken.postinst'];

async function skippedOf(rev: string): Promise<string[]> {
  await using repo = await openRepo(s.repo);
  return parseSkipped(await repo.readCommit((await repo.resolveRev(rev))!));
}

describe('a script that fails', () => {
  it('is skipped when it is listed: undone, recorded, and part of the inputs', async () => {
    const options = { treefile: treefile('test/skip'), scripts: { retry: 1, skip } };
    const result = await s.system.composeTree(options);
    expect(result.scripts).toMatchObject([{ package: 'broken', state: 'skipped', exit: 1 }]);
    expect(await skippedOf('test/skip')).toEqual(skip);
    const cli = ostreeCli(s.repo);
    expect(await cli.cat('test/skip', '/usr/etc/tiny.conf')).toBe('setting=1\n');
    await expect(cli.cat('test/skip', '/usr/etc/half-done')).rejects.toThrow();
    expect(await cli.cat('test/skip', '/usr/lib/sysimage/dpkg/status')).toMatch(
      /Package: broken\nStatus: install ok installed/,
    );
    expect((await s.system.composeTree(options)).unchanged).toBe(true);
    await expect(s.system.composeTree({ treefile: treefile('test/skip') })).rejects.toMatchObject({
      code: 'ERR_SCRIPT_FAILED',
    });
  });

  it('ends the transaction when another one is listed, after the retries', async () => {
    const before = await refsOf(s.repo);
    const scripts = { retry: 2, skip: ['good.postinst'] };
    await expect(s.system.composeTree({ treefile: treefile('test/no'), scripts })).rejects.toMatchObject({
      code: 'ERR_SCRIPT_FAILED',
      details: { attempts: 3 },
    });
    expect(await refsOf(s.repo)).toEqual(before);
  });

  it('is decided by whoever is asked, each time on the tree as it was', async () => {
    const answers: FailureDecision[] = ['retry', 'skip'];
    const asked: ScriptResult[] = [];
    const decideScript = (result: ScriptResult) => {
      asked.push(result);
      return answers[asked.length - 1]!;
    };
    const request = { treefile: treefile('test/asked') };
    const result = await s.system.composeTree(request, { decideScript });
    expect(result.scripts).toMatchObject([{ package: 'broken', state: 'skipped' }]);
    expect(asked.map((r) => [r.script, r.attempts])).toEqual([
      ['postinst', 1],
      ['postinst', 2],
    ]);
    expect(asked[1]!.changes).toEqual(asked[0]!.changes);
    expect(asked[0]!.changes).toContainEqual(expect.objectContaining({ path: '/etc/half-done' }));
    expect(await skippedOf('test/asked')).toEqual(skip);
    // A caller that does not forgive it does not get this tree as an unchanged one.
    await expect(s.system.composeTree(request)).rejects.toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
  });

  it('is decided across the message channel too', async () => {
    await using remote = await openRemote({ repo: s.repo, cacheDir: join(s.dir, 'first/cache') });
    const asked: string[] = [];
    const request = { base: 'test/base', ref: 'test/remote', install: ['broken'], treefile: s.treefile() };
    const result = await remote.composeLayer(request, {
      async decideScript({ package: name, script, attempts }) {
        asked.push(`${name}.${script} ${attempts}`);
        return attempts === 1 ? 'retry' : 'skip';
      },
    });
    expect(asked).toEqual(['broken.postinst 1', 'broken.postinst 2']);
    expect(result.scripts).toMatchObject([{ state: 'skipped' }]);
    expect(await skippedOf('test/remote')).toEqual(skip);
  });

  it('does not hold up an abort while somebody thinks', async () => {
    const stop = new AbortController();
    const decideScript = () => {
      stop.abort('enough');
      return new Promise<FailureDecision>(() => {});
    };
    const request = { treefile: treefile('test/never') };
    await expect(s.system.composeTree(request, { signal: stop.signal, decideScript })).rejects.toBe('enough');
  });

  it.each([{ retry: -1 }, { skip: ['broken'] }])('refuses %j', async (scripts) => {
    await expect(
      s.system.composeTree({ treefile: treefile('test/no'), scripts, forceNocache: true }),
    ).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  it('can be skipped in an ordinary root, too', async () => {
    const dir = join(s.dir, 'root');
    const options = { treefile: treefile('test/root'), dir, scripts: { skip } };
    const result = await s.system.composeRootfs(options);
    expect(result.scripts).toMatchObject([{ package: 'broken', state: 'skipped' }]);
    expect(await readFile(join(dir, 'etc/tiny.conf'), 'utf8')).toBe('setting=1\n');
    const wrong = { ...options, dir: join(s.dir, 'root2'), scripts: { skip: ['broken'] } };
    await expect(s.system.composeRootfs(wrong)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});

describe('tryScripts', () => {
  it('tells what each script changes, and leaves the refs alone', async () => {
    const before = await refsOf(s.repo);
    const result = await s.system.tryScripts({
      base: 'test/base',
      install: ['good'],
      treefile: s.treefile(),
    });
    expect(result.failure).toBeNull();
    expect(result.scripts).toMatchObject([
      {
        package: 'good',
        version: '1.0',
        script: 'preinst',
        args: ['install'],
        exit: 0,
        changes: [{ path: '/etc/good.d', kind: 'added', type: 'dir' }],
      },
      {
        script: 'postinst',
        changes: [
          { path: '/etc/good.d/state', kind: 'added', type: 'file', size: 3 },
          { path: '/etc/tiny.conf', kind: 'removed' },
        ],
      },
    ]);
    expect(await refsOf(s.repo)).toEqual(before);
  });

  it('stops at the first script that fails, and says so', async () => {
    const result = await s.system.tryScripts({
      base: 'test/base',
      install: ['broken'],
      treefile: s.treefile(),
    });
    expect(result.failure).toMatchObject({ code: 'ERR_SCRIPT_FAILED' });
    expect(result.scripts.at(-1)).toMatchObject({ package: 'broken', state: 'failed', exit: 1 });
    expect(result.scripts.at(-1)!.changes.map((c) => c.path)).toContain('/etc/half-done');
  });
});

describe('history', () => {
  it('lists which script changed which paths, in order', async () => {
    const request = { base: 'test/base', ref: 'test/good', treefile: s.treefile() };
    const { commit } = await s.system.composeLayer({
      ...request,
      install: ['good', 'quiet', 'shaky'],
      scripts: { skip: ['shaky.postinst'] },
    });
    const script = { kind: 'script', package: 'good', version: '1.0', state: 'succeeded' };
    const result = await s.system.history({ ref: 'test/good', scripts: true });
    expect(result.commit).toBe(commit);
    expect(result.entries).toHaveLength(4);
    expect(result.entries.filter((e) => e.package === 'good')).toEqual([
      { ...script, script: 'preinst', args: ['install'], changes: [{ kind: 'added', path: '/etc/good.d' }] },
      {
        ...script,
        script: 'postinst',
        args: ['configure', ''],
        changes: [
          { kind: 'added', path: '/etc/good.d/state' },
          { kind: 'removed', path: '/etc/tiny.conf' },
        ],
      },
    ]);
    const configured = { ...script, script: 'postinst', args: ['configure', ''], changes: [] };
    expect(result.entries).toContainEqual({ ...configured, package: 'quiet' });
    expect(result.entries).toContainEqual({ ...configured, package: 'shaky', state: 'skipped' });
    expect((await s.system.history({ ref: 'test/base', scripts: true })).entries).toEqual([]);
    await expect(s.system.history({ ref: 'nowhere' })).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
  });
});
