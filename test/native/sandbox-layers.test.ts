import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSandbox, scanLayer } from '../../lib/native/sandbox.ts';
import type { SandboxRequest } from '../../lib/native/types.ts';
import { leftovers } from './leftovers.ts';
import { type SmallWork, smallWork } from './small-root.ts';

let work: SmallWork;
beforeAll(async () => {
  work = await smallWork();
});
afterAll(async () => {
  await work[Symbol.asyncDispose]();
});

async function run(script: string, more: Partial<SandboxRequest> = {}) {
  const request = await work.request(script, more);
  const outcome = await runSandbox(request);
  return { request, outcome, lines: outcome.tail.trimEnd().split('\n') };
}

describe('the layers', () => {
  test('300 lower folders, the topmost first; changes only in the upper one', async () => {
    const lowers: string[] = [];
    for (let i = 0; i < 300; i++) {
      const dir = join(work.dir, 'layers, with: odd \\names', `layer-${i}`);
      await mkdir(join(dir, 'etc'), { recursive: true });
      await writeFile(join(dir, 'etc', `of-${i}`), '');
      await writeFile(join(dir, 'etc/same'), `${i}\n`);
      lowers.push(dir);
    }
    const { outcome, request, lines } = await run(
      'cat /etc/same; ls /etc | grep -c of-; echo changed >> /etc/same; rm /etc/of-7',
      { lowers: [...lowers, work.root] },
    );
    expect(outcome.exit).toBe(0);
    expect(lines).toEqual(['0', '300']);
    expect(await readFile(join(lowers[0]!, 'etc/same'), 'utf8')).toBe('0\n');
    expect(await readFile(join(request.upper, 'etc/same'), 'utf8')).toBe('0\nchanged\n');
    expect(
      (await scanLayer(request.upper)).filter((e) => e.type !== 'dir').map((e) => [e.path, e.type]),
    ).toEqual([
      ['/etc/of-7', 'whiteout'],
      ['/etc/same', 'file'],
    ]);
  });

  test('an upper and a work folder can be used again', async () => {
    const request = await work.request('echo 1 >> /etc/count');
    for (let i = 0; i < 3; i++) expect((await runSandbox(request)).exit).toBe(0);
    expect(await readFile(join(request.upper, 'etc/count'), 'utf8')).toBe('1\n1\n1\n');
    expect(await readdir(request.work)).toEqual([]);
  });

  test('rm -rf / reaches only the upper folder', async () => {
    const before = (await readdir(work.root, { recursive: true })).sort();
    const { request } = await run('rm -rf / 2>/dev/null; echo $?');
    expect((await readdir(work.root, { recursive: true })).sort()).toEqual(before);
    expect((await stat('/bin/busybox')).isFile()).toBe(true);
    const gone = (await scanLayer(request.upper)).filter((e) => e.type === 'whiteout').map((e) => e.path);
    expect(gone).toEqual(expect.arrayContaining(['/bin', '/etc', '/usr']));
  });

  test('a scan tells types, owners, opaque directories, attributes and hardlinks', async () => {
    const { request } = await run(`
      echo 12345 > /etc/file; ln /etc/file /etc/hard; ln -s ../somewhere /etc/link; chown -h 5:6 /etc/link
      mkdir /etc/dir; touch /etc/dir/in; chmod 02750 /etc/dir; rm -rf /usr; mkdir /usr; mkfifo /etc/fifo; touch -d @86400 /etc/file`);
    const found = new Map((await scanLayer(request.upper)).map((e) => [e.path, e]));
    expect(found.get('/etc/file')).toMatchObject({
      type: 'file',
      size: 6,
      mode: 0o644,
      mtime: 86400,
      xattrs: [],
    });
    expect(found.get('/etc/file')!.hardlink).toMatch(/^\d+:\d+$/);
    expect(found.get('/etc/hard')!.hardlink).toBe(found.get('/etc/file')!.hardlink);
    expect(found.get('/etc/link')).toMatchObject({ type: 'symlink', target: '../somewhere', uid: 5, gid: 6 });
    expect(found.get('/etc/dir')).toMatchObject({ type: 'dir', mode: 0o2750 });
    expect(found.get('/etc/dir/in')).toMatchObject({ type: 'file', hardlink: '' });
    expect(found.get('/usr')).toMatchObject({ type: 'dir', opaque: true });
    expect(found.get('/etc/fifo')!.type).toBe('other');
  });

  test('a name that is not UTF-8 is refused', async () => {
    const request = await work.request('printf x > "/etc/$(printf "caf\\351")"');
    await runSandbox(request);
    await expect(scanLayer(request.upper)).rejects.toMatchObject({ code: 'ERR_UNSAFE_PATH' });
  });
});

describe('a tree that cannot be mounted safely is refused', () => {
  for (const name of ['dev', 'proc', 'run', 'tmp']) {
    test(`/${name} is a link, a file or missing`, async () => {
      const link = join(work.dir, `link-${name}`);
      await mkdir(link);
      await symlink('/etc', join(link, name));
      const file = join(work.dir, `file-${name}`);
      await mkdir(file);
      await writeFile(join(file, name), '');
      for (const layer of [link, file]) {
        const request = await work.request('true', { lowers: [layer, work.root] });
        await expect(runSandbox(request)).rejects.toMatchObject({
          code: 'ERR_SANDBOX',
          details: { path: name },
        });
      }
      const empty = join(work.dir, `empty-${name}`);
      for (const other of ['dev', 'proc', 'run', 'tmp'])
        if (other !== name) await mkdir(join(empty, other), { recursive: true });
      const request = await work.request('true', { lowers: [empty] });
      await expect(runSandbox(request)).rejects.toMatchObject({
        code: 'ERR_SANDBOX',
        details: { path: name },
      });
    });
  }

  test('an upper folder on a file system that cannot be one: the hint says what can', async () => {
    const request = await work.request('true', { upper: '/proc', work: '/proc' });
    await expect(runSandbox(request)).rejects.toMatchObject({
      code: 'ERR_SANDBOX',
      details: { step: 'mount overlay' },
      hint: expect.stringContaining('file system'),
    });
  });

  test('a missing lower folder names the step; so do too many', async () => {
    const request = await work.request('true', { lowers: ['/no/such/layer', work.root] });
    await expect(runSandbox(request)).rejects.toMatchObject({
      code: 'ERR_SANDBOX',
      details: { step: 'mount overlay', number: 2 },
    });
    const many = await work.request('true', { lowers: Array(501).fill(work.root) });
    await expect(runSandbox(many)).rejects.toMatchObject({ code: 'ERR_SANDBOX' });
    expect(await leftovers(work.dir)).toEqual({ mounts: [], processes: [] });
  });
});
