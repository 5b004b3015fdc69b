import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDeb } from '../helpers/deb.ts';
import { machineHas } from '../helpers/root.ts';
import { makeSmallArchive, type SmallArchive } from './small-archive.ts';
import { nativeArchitecture, request } from './support.ts';

const names = (items: { name: string; version: string }[]) =>
  items.map(({ name, version }) => `${name} ${version}`);

describe.runIf(await machineHas('root'))('AptHost.resolve', () => {
  let archive: SmallArchive;
  beforeAll(async () => {
    archive = await makeSmallArchive();
  });
  afterAll(() => archive[Symbol.asyncDispose]());

  it('plans what is asked for with what that needs, and says why', async () => {
    await using host = await archive.open();
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
      sha256: archive.debs.libone!.sha256,
      size: archive.debs.libone!.size,
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
    await using host = await archive.open({ recommends: true });
    const plan = await host.resolve(request(['app']));
    expect(plan.install.find(({ name }) => name === 'manual')?.reason).toBe('app Recommends: manual');
    const essential = await host.resolve(request([], { essential: true }));
    expect(essential.install).toMatchObject([{ name: 'core', reason: 'essential', essential: true }]);
  });

  it('takes versions, suites, architectures, pins, exclusions and locks', async () => {
    await using host = await archive.open({
      repos: [archive.repo.stanza()],
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
    await using host = await archive.open();
    const file = await makeDeb(archive.dir.path, { control: { Package: 'local', Depends: 'libtwo' } });
    const plan = await host.resolve(request([file.path]));
    expect(plan.install).toMatchObject([
      { name: 'libtwo' },
      { name: 'local', reason: 'requested', filename: file.path, sha256: file.sha256 },
    ]);
    expect((await host.fetch(plan.install)).map((got) => got.sha256)).toEqual([
      archive.debs.libtwo!.sha256,
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
    const status = archive.dir.file('status');
    await writeFile(
      status,
      stanza('libtwo') + stanza('libone', 'hold') + stanza('app', 'install', 'Depends: libtwo\n'),
    );
    const extendedStates = archive.dir.file('extended_states');
    await writeFile(
      extendedStates,
      `Package: libtwo\nArchitecture: ${nativeArchitecture}\nAuto-Installed: 1\n`,
    );
    await using host = await archive.open({ status, extendedStates });

    const plan = await host.resolve(request([], { upgrade: true }));
    expect(plan.install.map(({ name, replaces, reason }) => [name, replaces, reason])).toEqual([
      ['libtwo', '0.9', 'upgrade'],
    ]);
    expect(plan.auto).toEqual([`libtwo:${nativeArchitecture}`]);

    // Whoever asks for a package by name wants it for itself, as apt-get sees it: no automatic mark is left.
    expect((await host.resolve(request(['libtwo']))).auto).toEqual([]);

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
    await using host = await archive.open();
    const failure = (argument: string) => host.resolve(request([argument])).catch((error) => error);
    expect(await failure('libnoe')).toMatchObject({
      code: 'ERR_APT_UNKNOWN_PACKAGE',
      message: /libnoe/,
      hint: 'did you mean libone?',
    });
    expect(await failure('libone=3')).toMatchObject({ hint: 'versions that exist: 1.0' });
    expect(await failure('libone:sparc')).toMatchObject({
      message: /not for this architecture/,
      hint: `architectures that exist: ${nativeArchitecture}`,
    });
    expect(await failure('libone/sid')).toMatchObject({ message: /not in this suite/ });
    expect(await failure('virtual-thing')).toMatchObject({ hint: expect.stringMatching(/rival|other/) });
    expect((await host.resolve(request(['single-thing']))).install).toMatchObject([{ name: 'other' }]);
    expect(await failure('No Name')).toMatchObject({ code: 'ERR_USAGE' });
    for (const text of ['main=1\0', './main\0.deb'])
      expect(await failure(text)).toMatchObject({ code: 'ERR_USAGE' });
  });

  it('explains an unsatisfiable request package by package', async () => {
    await using host = await archive.open();
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
});
