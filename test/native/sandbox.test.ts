import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
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

describe('a program in the sandbox', () => {
  test('sees its arguments, exactly its environment, / as working folder and umask 022', async () => {
    const { outcome } = await run('', {
      argv: ['/bin/sh', '-c', 'pwd; umask; echo "$1|$2"; env', 'x', '', 'two words'],
      env: { PATH: '/bin', EMPTY: '', QUOTE: 'a "b" \'c\'\n=d' },
    });
    expect(outcome.exit).toBe(0);
    const lines = outcome.tail.split('\n');
    expect(lines.slice(0, 3)).toEqual(['/', '0022', '|two words']);
    expect(
      lines
        .slice(3, -1)
        .filter((line) => !line.startsWith('SHLVL='))
        .sort(),
    ).toEqual(['=d', 'EMPTY=', 'PATH=/bin', 'PWD=/', 'QUOTE=a "b" \'c\''].sort());
  });

  test('has no descriptors besides its three, an empty stdin, and default signals but SIGHUP', async () => {
    // The fourth is the directory that ls itself has open.
    expect((await run('', { argv: ['/bin/ls', '/proc/self/fd'] })).lines).toEqual(['0', '1', '2', '3']);
    const script =
      'wc -c; yes | head -1; grep -E "SigIgn|SigBlk" /proc/self/status; kill -HUP $$; echo alive';
    const { lines } = await run(script);
    expect(lines).toEqual(['0', 'y', 'SigBlk:\t0000000000000000', 'SigIgn:\t0000000000000001', 'alive']);
  });

  test('tells its end: status, signal, and 127 when it cannot be executed', async () => {
    expect((await run('exit 3')).outcome).toMatchObject({ exit: 3, signal: null, timedOut: false });
    expect((await run('kill -SEGV $$')).outcome).toMatchObject({ exit: null, signal: 11, timedOut: false });
    expect((await run('kill -KILL $$')).outcome).toMatchObject({ exit: null, signal: 9, timedOut: false });
    const { outcome } = await run('', { argv: ['/no/such/program'] });
    expect(outcome).toMatchObject({ exit: 127, signal: null });
    expect(outcome.tail).toContain('/no/such/program');
  });

  test('cannot fake a failed set-up by what it prints', async () => {
    expect((await run('echo "bwrap: Can\'t mount proc" >&2; exit 1')).outcome.exit).toBe(1);
  });
});

describe('the view of the host', () => {
  test('no host files, processes, name or network', async () => {
    const { outcome, lines } = await run(
      'ls -d /work /home /sys/kernel /proc/1/root/home 2>/dev/null; ps -o pid | wc -l; hostname; ls /proc/net/dev && grep -c : /proc/net/dev; nc -w 1 1.1.1.1 80',
    );
    expect(outcome.exit).not.toBe(0);
    expect(Number(lines[0])).toBeLessThan(8);
    expect(lines[1]).toBe('build');
    expect(hostname()).not.toBe('build');
    expect(lines.slice(2, 4)).toEqual(['/proc/net/dev', '1']);
    expect(lines[4]).toMatch(/unreachable/);
  });

  test('only harmless devices, and no way to make others', async () => {
    const { lines } = await run(
      'echo $(ls /dev); mknod /tmp/b b 254 0; mknod /etc/c c 1 1; echo x > /dev/null && echo ok',
    );
    expect(lines[0]).toBe('core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero');
    expect(lines.slice(1)).toEqual([
      'mknod: /tmp/b: Operation not permitted',
      'mknod: /etc/c: Operation not permitted',
      'ok',
    ]);
  });

  test('kernel settings cannot be changed, remounted or reached through a user namespace', async () => {
    const before = await readFile('/proc/sys/kernel/core_pattern', 'utf8');
    const { lines } = await run(`
      echo '|/bin/false' > /proc/sys/kernel/core_pattern || echo refused
      mount -o remount,rw /proc/sys 2>/dev/null || echo no remount
      umount /proc/sys 2>/dev/null || echo no umount
      for flag in -U -m -p -n; do unshare $flag true 2>/dev/null || echo no unshare $flag; done
      [ -e /proc/sysrq-trigger ] && echo b > /proc/sysrq-trigger
      true`);
    expect(lines).toContain('refused');
    expect(lines).toEqual(
      expect.arrayContaining([
        'no remount',
        'no umount',
        'no unshare -U',
        'no unshare -m',
        'no unshare -p',
        'no unshare -n',
      ]),
    );
    expect(await readFile('/proc/sys/kernel/core_pattern', 'utf8')).toBe(before);
  });

  test('keeps what scripts need of root and nothing else', async () => {
    const { lines } = await run(
      'grep -E "CapEff|CapPrm|NoNewPrivs|Seccomp:" /proc/$$/status; touch /etc/o && chown 7:8 /etc/o && chmod 4755 /etc/o && stat -c %u:%g:%a /etc/o',
    );
    // CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP AUDIT_WRITE SETFCAP
    expect(lines).toEqual([
      'CapPrm:\t00000000a00001fb',
      'CapEff:\t00000000a00001fb',
      'NoNewPrivs:\t1',
      'Seccomp:\t2',
      '7:8:4755',
    ]);
  });

  test('/run, /tmp and /var/tmp are empty, limited and forgotten', async () => {
    await writeFile(join(work.root, 'tmp/from-tree'), '');
    const { request, lines } = await run(
      'stat -c "%n %a" /run /tmp /var/tmp /dev/shm; ls -A /run /tmp /var/tmp | grep -v : ; touch /run/a /tmp/b /var/tmp/c; df -k /tmp | tail -1 | tr -s " " | cut -d" " -f2',
    );
    const [sizes, modes] = [lines.slice(-1), lines.slice(0, -1).filter((line) => line !== '')];
    expect(modes).toEqual(['/run 755', '/tmp 1777', '/var/tmp 1777', '/dev/shm 1777']);
    expect(Number(sizes[0])).toBeGreaterThan(0);
    expect(Number(sizes[0])).toBeLessThanOrEqual(2 << 20);
    expect((await scanLayer(request.upper)).map((e) => e.path)).toEqual(['/']);
  });
});

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
