import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAptHost } from '../../lib/resolution/apt-host.ts';
import { makeAptRepo, tamper } from '../helpers/apt-repo.ts';
import { machineHas } from '../helpers/root.ts';
import { makeSmallArchive, type SmallArchive, silentServer } from './small-archive.ts';
import { request } from './support.ts';

describe.runIf(await machineHas('root'))('AptHost.refresh and fetch', () => {
  let archive: SmallArchive;
  beforeAll(async () => {
    archive = await makeSmallArchive();
  });
  afterAll(() => archive[Symbol.asyncDispose]());

  it('uses files of a local source where they lie, and refuses one with another hash', async () => {
    const bad = await makeAptRepo(archive.dir.file('tampered'), {
      suites: [archive.debs.libtwo!, archive.debs.manual!],
    });
    await using _ = bad;
    await using host = await archive.open({ repos: [bad.stanza()] });
    const plan = await host.resolve(request(['libtwo', 'manual']));
    const [libtwo, manual] = plan.install;
    const seen: string[] = [];
    const [got] = await host.fetch([libtwo!], { onFile: ({ file }) => seen.push(file) });
    expect(got).toMatchObject({ file: bad.pool(archive.debs.libtwo!), sha256: archive.debs.libtwo!.sha256 });
    expect(seen).toEqual([bad.pool(archive.debs.libtwo!)]);
    await host.discard([got!]);
    expect(await readFile(got!.file)).toHaveLength(got!.package.size);
    await tamper(bad.pool(archive.debs.manual!));
    await expect(host.fetch([manual!])).rejects.toMatchObject({
      code: 'ERR_APT_FETCH',
      message: expect.stringContaining(bad.pool(archive.debs.manual!)),
    });
  });

  it.each(['wrong-key', 'unsigned'] as const)('refuses a source that is %s', async (signature) => {
    await using bad = await makeAptRepo(archive.dir.file(signature), {
      suites: [archive.debs.core!],
      signature,
    });
    await using host = await openAptHost(archive.newTarget({ repos: [bad.stanza()] }));
    await expect(host.refresh()).rejects.toMatchObject({
      code: 'ERR_APT_UNTRUSTED',
      message: expect.stringContaining(bad.uri),
    });
    const { 'signed-by': _key, ...stanza } = bad.stanza();
    await using trusting = await openAptHost(archive.newTarget({ repos: [{ ...stanza, trusted: true }] }));
    expect(await trusting.refresh()).toBe(true);
    expect((await trusting.resolve(request(['core']))).install).toHaveLength(1);
  });

  it('refuses a signature that turned bad, and does not fall back to the lists of before', async () => {
    await using changing = await makeAptRepo(archive.dir.file('changing'), { suites: [archive.debs.core!] });
    const target = archive.newTarget({ repos: [changing.stanza()], maxAge: 3600 });
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
    const { server, uri } = await silentServer();
    await new Promise((resolve) => server.close(resolve));
    const { host: where } = new URL(uri);
    const uris = uri.replace('//', '//user:secret@');
    await using host = await openAptHost(
      archive.newTarget({ repos: [{ ...archive.repo.stanza('stable'), uris }] }),
    );
    const error = await host.refresh().catch((e) => e);
    expect(error).toMatchObject({
      code: 'ERR_APT_FETCH',
      message: expect.stringContaining(where),
    });
    expect(JSON.stringify(error.details)).not.toContain('secret');
  });

  it('keeps lists for as long as they count as fresh', async () => {
    const target = archive.newTarget({ maxAge: 3600 });
    await using first = await openAptHost(target);
    expect(await first.refresh()).toBe(true);
    expect(await first.refresh()).toBe(false);
    await using other = await openAptHost({ ...target, repos: [archive.repo.stanza()] });
    expect(await other.refresh()).toBe(true);
    await using same = await openAptHost(target);
    expect(await same.refresh()).toBe(false);
    expect((await same.resolve(request(['libone']))).install).toHaveLength(2);
  });
});
