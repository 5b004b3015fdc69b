import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { ACCOUNT_PACKAGES, drift, numbersOf, parseNumbers } from './account-packages.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem(ACCOUNT_PACKAGES);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

describe('accounts of the commit before', () => {
  const compose = (ref: string, packages: string[], more: object = {}) =>
    s.system.composeTree({ treefile: s.treefile({ ref, packages }), ...more });

  it('keep their numbers when a package comes whose account would take one', async () => {
    await compose('test/scratch', ['alpha', 'beta']);
    expect(await numbersOf(s.repo, 'test/scratch')).toMatchObject({ alpha: '100', beta: '101' });
    await compose('test/a', ['beta']);
    await compose('test/a', ['alpha', 'beta', 'looking']);
    expect(await numbersOf(s.repo, 'test/a')).toMatchObject({ alpha: '101', beta: '100' });
    // They are there before the first script.
    const seen = parseNumbers(await ostreeCli(s.repo).cat('test/a', '/usr/seen'));
    expect(seen).toMatchObject({ beta: '100' });
    expect((await s.system.why({ path: '/etc/passwd', ref: 'test/a' })).history.map((l) => l.kind)).toEqual([
      'package',
      'accounts',
      'script',
    ]);
  });

  it('are an input: an equal compose is unchanged, another parent is not', async () => {
    const packages = ['alpha', 'beta', 'looking'];
    expect((await compose('test/a', packages)).unchanged).toBe(true);
    const anew = await compose('test/a', packages, { parent: null });
    expect(anew.unchanged).toBe(false);
    expect(await numbersOf(s.repo, 'test/a')).toMatchObject({ alpha: '100', beta: '101' });
    expect((await compose('test/a', packages, { parent: null })).unchanged).toBe(true);
    expect((await compose('test/a', packages)).unchanged).toBe(true);
    await compose('test/b', ['beta']);
    const other = await compose('test/a', packages, { parent: 'test/b' });
    expect(other.unchanged).toBe(false);
    expect(await numbersOf(s.repo, 'test/a')).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('make the same files again: line for line, with shadow, members and home', async () => {
    const packages = ['alpha', 'beta', 'full'];
    const cli = ostreeCli(s.repo);
    const first = await compose('test/same', packages);
    const second = await compose('test/same', packages, { forceNocache: true });
    expect(second.commit).not.toBe(first.commit);
    const files = (commit: string) => cli.run('ls', '-RC', commit);
    const unlike = (await files(second.commit!))
      .split('\n')
      .filter((line) => !/apt-ostree|\/sysimage$|\/lib$|\/usr$| \/$/.test(line));
    const before = new Set((await files(first.commit!)).split('\n'));
    expect(unlike.filter((line) => !before.has(line))).toEqual([]);
    expect(await cli.cat('test/same', '/usr/etc/shadow')).toContain('\nfull:!:19000::::::\n');
    expect(await cli.cat('test/same', '/usr/etc/group')).toContain('nogroup:x:65534:full\n');
    expect(await cli.run('ls', '-R', 'test/same', '/usr/share/factory/var/lib/full')).toMatch(
      /^d00711 0 0 +0 \S+\/full\nd02750 (\d+) \1 +0 \S+\/home\n$/,
    );
    await expect(cli.cat('test/same', '/usr/etc/passwd-')).rejects.toThrow();
    // The record is for the engine: lines of shadow may hold a secret.
    expect(await cli.run('ls', 'test/same', '/usr/lib/sysimage/apt-ostree/accounts')).toMatch(/^-00600 0 0 /);
  });

  it('of packages that are gone are gone, but nobody gets their numbers', async () => {
    await compose('test/gone', ['beta']);
    await compose('test/gone', ['alpha']);
    const alone = await numbersOf(s.repo, 'test/gone');
    expect(alone).toEqual({ root: '0', nobody: '65534', alpha: '101' });
    expect(await ostreeCli(s.repo).cat('test/gone', '/usr/etc/group')).not.toMatch(/:100:|held/);
    await compose('test/gone', ['alpha', 'beta']);
    expect(await numbersOf(s.repo, 'test/gone')).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('pass to the package that makes the account now', async () => {
    await compose('test/heir', ['beta']);
    const { scripts } = await compose('test/heir', ['alpha', 'heir']);
    expect(await numbersOf(s.repo, 'test/heir')).toMatchObject({ alpha: '101', beta: '100' });
    expect(scripts.map((r) => `${r.package} ${r.state}`)).toEqual([
      'alpha succeeded',
      'heir undone',
      'heir succeeded',
    ]);
    await compose('test/heir', ['heir', 'looking']);
    expect(parseNumbers(await ostreeCli(s.repo).cat('test/heir', '/usr/seen'))).toMatchObject({
      beta: '100',
    });
  });

  it('refuse another number, and name the account', async () => {
    await compose('test/drift', ['beta']);
    const before = await ostreeCli(s.repo).run('rev-parse', 'test/drift');
    await expect(compose('test/drift', ['beta', 'stubborn'])).rejects.toMatchObject(
      drift('beta has number 555, and had 100'),
    );
    expect(await ostreeCli(s.repo).run('rev-parse', 'test/drift')).toBe(before);
    await compose('test/drift', ['beta', 'stubborn'], { parent: null });
    await compose('test/drift', ['beta', 'stubborn'], { forceNocache: true });
    expect(await numbersOf(s.repo, 'test/drift')).toMatchObject({ beta: '555' });
  });

  it('are there in trees that are made in one step, too', async () => {
    const one = (packages: string[]) =>
      s.system.composeTree({
        treefile: s.treefile({ ref: 'test/one', essential: false, packages: ['tiny-base', ...packages] }),
      });
    await one(['beta']);
    await one(['alpha', 'beta']);
    expect(await numbersOf(s.repo, 'test/one')).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('are not in an ordinary root, which begins with nothing', async () => {
    const dir = join(s.dir, 'root');
    await s.system.composeRootfs({
      treefile: s.treefile({ ref: 'test/b', packages: ['alpha', 'beta'] }),
      dir,
    });
    expect(parseNumbers(await readFile(join(dir, 'etc/passwd'), 'utf8'))).toMatchObject({ alpha: '100' });
    await expect(readFile(join(dir, 'usr/lib/sysusers.d/00-apt-ostree-accounts.conf'))).rejects.toThrow();
    await expect(readFile(join(dir, 'usr/lib/sysimage/apt-ostree/accounts'))).rejects.toThrow();
  });

  it('keep their numbers in a layer, where those of the base win', async () => {
    const layer = (base: string, ref: string, install: string[]) =>
      s.system.composeLayer({ base, ref, install, treefile: s.treefile() });
    await compose('test/base', []);
    await layer('test/base', 'test/layer', ['beta']);
    await layer('test/base', 'test/layer', ['alpha', 'beta']);
    expect(await numbersOf(s.repo, 'test/layer')).toMatchObject({ alpha: '101', beta: '100' });
    expect((await layer('test/base', 'test/layer', ['alpha', 'beta'])).unchanged).toBe(true);
    await s.system.composeLayer({
      base: 'test/base',
      ref: 'test/layer2',
      parent: 'test/layer',
      install: ['beta'],
      treefile: s.treefile(),
    });
    expect(await numbersOf(s.repo, 'test/layer2')).toMatchObject({ beta: '100' });
    // What the base had once and may have again is not given away.
    await compose('test/base', ['alpha', 'beta']);
    await compose('test/base', ['alpha']);
    await layer('test/base', 'test/other', ['full']);
    expect(await numbersOf(s.repo, 'test/other')).toMatchObject({ alpha: '100', full: '102' });
    await expect(layer('test/base', 'test/layer', ['looking'])).rejects.toMatchObject(
      drift('alpha has number 100, and had 101'),
    );
    await compose('test/base2', ['full']);
    await expect(layer('test/base2', 'test/layer', ['beta'])).rejects.toMatchObject(
      drift('beta had number 100, which full has now'),
    );
  });
});
