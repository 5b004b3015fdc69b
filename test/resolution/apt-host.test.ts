import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AptHost, openAptHost } from '../../lib/resolution/apt-host.ts';
import type { AptTarget } from '../../lib/resolution/plan.ts';
import { type AptRepo, makeAptRepo, tamper } from '../helpers/apt-repo.ts';
import { type Deb, makeDeb } from '../helpers/deb.ts';
import { machineHas } from '../helpers/root.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { aptTarget, nativeArchitecture, request } from './support.ts';

const names = (items: { name: string; version: string }[]) =>
  items.map(({ name, version }) => `${name} ${version}`);

/** The child process of this one that was started last. */
async function newestChild(): Promise<number> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
  return Math.max(...children.trim().split(' ').map(Number));
}

describe.runIf(await machineHas('root'))('AptHost', () => {
  let dir: TempDir;
  let debs: Record<string, Deb>;
  let repo: AptRepo;

  const deb = (Package: string, fields: Record<string, string> = {}) =>
    makeDeb(dir.path, { control: { Package, ...fields }, files: `f /usr/share/${Package} 0644 root root x` });

  beforeAll(async () => {
    dir = await tempDir('apt-host');
    debs = {
      app: await deb('app', { Depends: 'libone (>= 1), libtwo | libtwo-old', Recommends: 'manual' }),
      libone: await deb('libone', { 'Pre-Depends': 'core' }),
      libtwo: await deb('libtwo'),
      core: await deb('core', { Essential: 'yes', Architecture: nativeArchitecture }),
      manual: await deb('manual'),
      broken: await deb('broken', { Depends: 'middle' }),
      middle: await deb('middle', { Depends: 'libone (>= 9), nowhere' }),
      rival: await deb('rival', { Conflicts: 'libtwo', Provides: 'virtual-thing' }),
      other: await deb('other', { Provides: 'virtual-thing, single-thing' }),
      libone2: await deb('libone', { Version: '2.0', 'Pre-Depends': 'core' }),
    };
    const { libone2, ...stable } = debs;
    repo = await makeAptRepo(dir.file('repo'), {
      suites: { stable: Object.values(stable), testing: [libone2!] },
    });
  });
  afterAll(async () => {
    await repo[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  });

  let targets = 0;
  const newTarget = (changes: Partial<AptTarget> = {}) =>
    aptTarget(dir.file(`target${targets++}`), { repos: [repo.stanza('stable')], ...changes });
  const open = async (changes: Partial<AptTarget> = {}): Promise<AptHost> => {
    const host = await openAptHost(newTarget(changes));
    await host.refresh();
    return host;
  };

  it('plans what is asked for with what that needs, and says why', async () => {
    await using host = await open();
    const plan = await host.resolve(request(['app']));
    expect(Object.fromEntries(plan.install.map((item) => [item.name, item.reason]))).toEqual({
      app: 'requested',
      core: 'libone Pre-Depends: core',
      libone: 'app Depends: libone (>= 1)',
      libtwo: 'app Depends: libtwo | libtwo-old',
    });
    const libone = plan.install.find(({ name }) => name === 'libone')!;
    expect(libone).toMatchObject({
      version: '1.0',
      architecture: 'all',
      auto: true,
      replaces: null,
      sha256: debs.libone!.sha256,
      size: debs.libone!.size,
      relations: { 'Pre-Depends': 'core' },
    });
    expect(plan.auto).toEqual(['core', 'libone', 'libtwo'].map((name) => `${name}:${nativeArchitecture}`));
    const step = (kind: string, name: string) =>
      plan.operations.findIndex((op) => op.kind === kind && op.name === name);
    expect(step('configure', 'core')).toBeGreaterThan(step('unpack', 'core'));
    expect(step('unpack', 'libone')).toBeGreaterThan(step('configure', 'core'));
    expect(plan.operations.find(({ name }) => name === 'core')!.architecture).toBe(nativeArchitecture);
    expect(plan.downloadSize).toBe(plan.install.reduce((sum, { size }) => sum + size, 0));
  });

  it('follows Recommends when told to, and takes Essential packages when asked', async () => {
    await using host = await open({ recommends: true });
    const plan = await host.resolve(request(['app']));
    expect(plan.install.find(({ name }) => name === 'manual')?.reason).toBe('app Recommends: manual');
    const essential = await host.resolve(request([], { essential: true }));
    expect(essential.install).toMatchObject([{ name: 'core', reason: 'essential', essential: true }]);
  });

  it('takes versions, suites, architectures, pins, exclusions and locks', async () => {
    await using host = await open({
      repos: [repo.stanza()],
      preferences: 'Package: *\nPin: release n=testing\nPin-Priority: 100\n',
    });
    const versionOf = async (argument: string) =>
      (await host.resolve(request([argument]))).install.find(({ name }) => name === 'libone')!.version;
    expect(await versionOf('libone')).toBe('1.0');
    expect(await versionOf('libone=2.0')).toBe('2.0');
    expect(await versionOf('libone=2*')).toBe('2.0');
    expect(await versionOf('libone/testing')).toBe('2.0');
    expect(await versionOf(`libone:${nativeArchitecture}`)).toBe('1.0');

    const excluded = host.resolve(request(['app'], { exclude: ['libtwo'] }));
    await expect(excluded).rejects.toMatchObject({
      code: 'ERR_APT_UNRESOLVABLE',
      message: /libtwo is excluded/,
    });

    const locked = { 'libone:all': '2.0', [`core:${nativeArchitecture}`]: '1.0' };
    expect(names((await host.resolve(request(['libone'], { locked }))).install)).toEqual([
      'core 1.0',
      'libone 2.0',
    ]);
    const gone = host.resolve(request(['libone'], { locked: { 'libone:all': '7' } }));
    await expect(gone).rejects.toMatchObject({ code: 'ERR_LOCKFILE', message: /libone/ });
  });

  it('takes local files beside the sources', async () => {
    await using host = await open();
    const file = await makeDeb(dir.path, { control: { Package: 'local', Depends: 'libtwo' } });
    const plan = await host.resolve(request([file.path]));
    expect(plan.install).toMatchObject([
      { name: 'libtwo' },
      { name: 'local', reason: 'requested', filename: file.path, sha256: file.sha256 },
    ]);
    expect((await host.fetch(plan.install)).map((got) => got.sha256)).toEqual([
      debs.libtwo!.sha256,
      file.sha256,
    ]);
    await expect(host.resolve(request(['./absent.deb']))).rejects.toMatchObject({
      code: 'ERR_APT_UNKNOWN_PACKAGE',
      message: /absent\.deb/,
    });
  });

  it('knows what a tree has: upgrades, holds, removals, automatic marks', async () => {
    const stanza = (name: string, want = 'install', extra = '') =>
      `Package: ${name}\nStatus: ${want} ok installed\nArchitecture: all\nMaintainer: x\nVersion: 0.9\n${extra}Description: x\n\n`;
    const status = dir.file('status');
    await writeFile(
      status,
      stanza('libtwo') + stanza('libone', 'hold') + stanza('app', 'install', 'Depends: libtwo\n'),
    );
    const extendedStates = dir.file('extended_states');
    await writeFile(
      extendedStates,
      `Package: libtwo\nArchitecture: ${nativeArchitecture}\nAuto-Installed: 1\n`,
    );
    await using host = await open({ status, extendedStates });

    const plan = await host.resolve(request([], { upgrade: true }));
    expect(plan.install.map(({ name, replaces, reason }) => [name, replaces, reason])).toEqual([
      ['libtwo', '0.9', 'upgrade'],
    ]);
    expect(plan.auto).toEqual([`libtwo:${nativeArchitecture}`]);

    const removal = await host.resolve(request([], { remove: ['libtwo'] }));
    expect(names(removal.remove).sort()).toEqual(['app 0.9', 'libtwo 0.9']);
    expect(removal.operations.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'remove app',
      'remove libtwo',
    ]);
    await expect(host.resolve(request([], { remove: ['core'] }))).rejects.toMatchObject({
      code: 'ERR_APT_UNKNOWN_PACKAGE',
    });
  });

  it('names what nobody has, and what was perhaps meant', async () => {
    await using host = await open();
    const failure = (argument: string) => host.resolve(request([argument])).catch((error) => error);
    expect(await failure('libnoe')).toMatchObject({
      code: 'ERR_APT_UNKNOWN_PACKAGE',
      message: /libnoe/,
      hint: 'did you mean libone?',
    });
    expect(await failure('libone=3')).toMatchObject({ hint: 'versions that exist: 1.0' });
    expect(await failure('libone/sid')).toMatchObject({ message: /not in this suite/ });
    expect(await failure('virtual-thing')).toMatchObject({ hint: expect.stringMatching(/rival|other/) });
    expect((await host.resolve(request(['single-thing']))).install).toMatchObject([{ name: 'other' }]);
    expect(await failure('No Name')).toMatchObject({ code: 'ERR_USAGE' });
  });

  it('explains an unsatisfiable request package by package', async () => {
    await using host = await open();
    const error = await host.resolve(request(['broken'])).catch((e) => e);
    expect(error).toMatchObject({ code: 'ERR_APT_UNRESOLVABLE' });
    expect(error.message).toBe(
      'middle 1.0 cannot be installed: Depends: libone (>= 9): libone can only be 1.0',
    );
    expect(error.details).toEqual([
      {
        package: 'broken',
        version: '1.0',
        relation: 'Depends: middle',
        reason: 'middle 1.0 cannot be installed with the rest',
      },
      {
        package: 'middle',
        version: '1.0',
        relation: 'Depends: libone (>= 9)',
        reason: 'libone can only be 1.0',
      },
      { package: 'middle', version: '1.0', relation: 'Depends: nowhere', reason: 'no source has nowhere' },
    ]);
    const conflict = await host.resolve(request(['app', 'rival', 'libtwo'])).catch((e) => e);
    expect(conflict.details).toContainEqual({
      package: 'rival',
      version: '1.0',
      relation: 'Conflicts: libtwo',
      reason: 'libtwo 1.0 would be installed',
    });
  });

  it('uses files of a local source where they lie, and refuses one with another hash', async () => {
    const bad = await makeAptRepo(dir.file('tampered'), { suites: [debs.libtwo!, debs.manual!] });
    await using _ = bad;
    await using host = await open({ repos: [bad.stanza()] });
    const plan = await host.resolve(request(['libtwo', 'manual']));
    const [libtwo, manual] = plan.install;
    const seen: string[] = [];
    const [got] = await host.fetch([libtwo!], { onFile: ({ file }) => seen.push(file) });
    expect(got).toMatchObject({ file: bad.pool(debs.libtwo!), sha256: debs.libtwo!.sha256 });
    expect(seen).toEqual([bad.pool(debs.libtwo!)]);
    await tamper(bad.pool(debs.manual!));
    await expect(host.fetch([manual!])).rejects.toMatchObject({
      code: 'ERR_APT_FETCH',
      message: expect.stringContaining(bad.pool(debs.manual!)),
    });
  });

  it.each(['wrong-key', 'unsigned'] as const)('refuses a source that is %s', async (signature) => {
    await using bad = await makeAptRepo(dir.file(signature), { suites: [debs.core!], signature });
    await using host = await openAptHost(newTarget({ repos: [bad.stanza()] }));
    await expect(host.refresh()).rejects.toMatchObject({
      code: 'ERR_APT_UNTRUSTED',
      message: expect.stringContaining(bad.uri),
    });
    const { 'signed-by': _key, ...stanza } = bad.stanza();
    await using trusting = await openAptHost(newTarget({ repos: [{ ...stanza, trusted: true }] }));
    expect(await trusting.refresh()).toBe(true);
    expect((await trusting.resolve(request(['core']))).install).toHaveLength(1);
  });

  it('refuses a signature that turned bad, and does not fall back to the lists of before', async () => {
    await using changing = await makeAptRepo(dir.file('changing'), { suites: [debs.core!] });
    const target = newTarget({ repos: [changing.stanza()], maxAge: 3600 });
    await using host = await openAptHost(target);
    await host.refresh();
    const release = `${changing.dir}/dists/stable/InRelease`;
    await writeFile(release, (await readFile(release, 'utf8')).replace('Label: test', 'Label: evil'));
    await using again = await openAptHost({ ...target, maxAge: 0 });
    await expect(again.refresh()).rejects.toMatchObject({ code: 'ERR_APT_UNTRUSTED' });
    await using later = await openAptHost(target);
    await expect(later.refresh()).rejects.toMatchObject({ code: 'ERR_APT_UNTRUSTED' });
  });

  it('names the host that cannot be reached', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const uris = `http://user:secret@127.0.0.1:${port}/debian`;
    await using host = await openAptHost(newTarget({ repos: [{ ...repo.stanza('stable'), uris }] }));
    const error = await host.refresh().catch((e) => e);
    expect(error).toMatchObject({
      code: 'ERR_APT_FETCH',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    expect(JSON.stringify(error.details)).not.toContain('secret');
  });

  it('keeps lists for as long as they count as fresh', async () => {
    const target = newTarget({ maxAge: 3600 });
    await using first = await openAptHost(target);
    expect(await first.refresh()).toBe(true);
    expect(await first.refresh()).toBe(false);
    await using other = await openAptHost({ ...target, repos: [repo.stanza()] });
    expect(await other.refresh()).toBe(true);
    await using same = await openAptHost(target);
    expect(await same.refresh()).toBe(false);
    expect((await same.resolve(request(['libone']))).install).toHaveLength(2);
  });

  it('lets sessions with other requests work in one folder at the same time', async () => {
    const target = newTarget({ maxAge: 3600 });
    await using one = await openAptHost(target);
    await using two = await openAptHost({ ...target, recommends: true });
    await Promise.all([one.refresh(), two.refresh()]);
    const [plain, full] = await Promise.all([
      one.resolve(request(['app'])),
      two.resolve(request(['app'], { exclude: ['libone2'] })),
    ]);
    expect(full.install.length).toBe(plain.install.length + 1);
    const [first, second] = await Promise.all([one.fetch(plain.install), two.fetch(full.install)]);
    expect([first.length, second.length]).toEqual([plain.install.length, full.install.length]);
    await Promise.all([one.close(), two.close()]);
    expect((await readdir(target.dir)).filter((name) => name.startsWith('session-'))).toEqual([]);
  });

  it('says so when its process dies, and removes what that left behind', async () => {
    const target = newTarget({ maxAge: 3600 });
    await using host = await openAptHost(target);
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const uris = `http://127.0.0.1:${port}/debian`;
    await using silent = await openAptHost({ ...target, repos: [{ ...repo.stanza('stable'), uris }] });
    server.once('connection', async () => process.kill(await newestChild(), 'SIGSEGV'));
    await expect(silent.refresh()).rejects.toMatchObject({ code: 'ERR_APT_HOST', message: /SIGSEGV/ });
    await expect(silent.refresh()).rejects.toMatchObject({ code: 'ERR_APT_HOST' });
    server.close();
    expect(await host.refresh()).toBe(true);
  });

  it('rejects with the reason of an abort, before and while it works', async () => {
    await using host = await open();
    const reason = new Error('enough');
    await expect(host.refresh({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const uris = `http://127.0.0.1:${port}/debian`;
    await using silent = await openAptHost(newTarget({ repos: [{ ...repo.stanza('stable'), uris }] }));
    const controller = new AbortController();
    server.once('connection', () => controller.abort(reason));
    await expect(silent.refresh({ signal: controller.signal })).rejects.toBe(reason);
    server.close();
    await host.close();
    await expect(host.resolve(request(['app']))).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });
});
