import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAptHost } from '../../lib/resolution/apt-host.ts';
import { machineHas } from '../helpers/root.ts';
import { makeSmallArchive, type SmallArchive, silentServer } from './small-archive.ts';
import { request } from './support.ts';

/** The child process of this one that was started last. */
async function newestChild(): Promise<number> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
  return Math.max(...children.trim().split(' ').map(Number));
}

describe.runIf(await machineHas('root'))('Sessions of AptHost', () => {
  let archive: SmallArchive;
  beforeAll(async () => {
    archive = await makeSmallArchive();
  });
  afterAll(() => archive[Symbol.asyncDispose]());

  it('lets sessions with other requests work in one folder at the same time', async () => {
    const target = archive.newTarget({ maxAge: 3600 });
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
    const target = archive.newTarget({ maxAge: 3600 });
    await using host = await openAptHost(target);
    const { server, uri: uris } = await silentServer();
    await using silent = await openAptHost({
      ...target,
      repos: [{ ...archive.repo.stanza('stable'), uris }],
    });
    server.once('connection', async () => process.kill(await newestChild(), 'SIGSEGV'));
    await expect(silent.refresh()).rejects.toMatchObject({ code: 'ERR_APT_HOST', message: /SIGSEGV/ });
    await expect(silent.refresh()).rejects.toMatchObject({ code: 'ERR_APT_HOST' });
    server.close();
    expect(await host.refresh()).toBe(true);
  });

  it('rejects with the reason of an abort, before and while it works', async () => {
    await using host = await archive.open();
    const reason = new Error('enough');
    await expect(host.refresh({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const { server, uri: uris } = await silentServer();
    await using silent = await openAptHost(
      archive.newTarget({ repos: [{ ...archive.repo.stanza('stable'), uris }] }),
    );
    const controller = new AbortController();
    server.once('connection', () => controller.abort(reason));
    await expect(silent.refresh({ signal: controller.signal })).rejects.toBe(reason);
    server.close();
    await host.close();
    await expect(host.resolve(request(['app']))).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });
});
