import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSandbox, scanLayer } from '../../lib/native/sandbox.ts';
import type { SandboxRequest } from '../../lib/native/types.ts';
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
      `ls -d ${process.cwd()} /home /sys/kernel /proc/1/root/home 2>/dev/null; ps -o pid | wc -l; hostname; ls /proc/net/dev && grep -c : /proc/net/dev; nc -w 1 192.0.2.1 80`,
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
    const { lines } = await run(`
      # Nothing that would harm the machine if it worked.
      cat /proc/sys/kernel/core_pattern > /tmp/same; cat /tmp/same > /proc/sys/kernel/core_pattern || echo refused
      mount -o remount,rw /proc/sys 2>/dev/null || echo no remount
      umount /proc/sys 2>/dev/null || echo no umount
      for flag in -U -m -p -n; do unshare $flag true 2>/dev/null || echo no unshare $flag; done
      [ -e /proc/sysrq-trigger ] && echo h > /proc/sysrq-trigger || echo no sysrq`);
    expect(lines).toContain('refused');
    expect(lines).toEqual(
      expect.arrayContaining([
        'no remount',
        'no umount',
        'no unshare -U',
        'no unshare -m',
        'no unshare -p',
        'no unshare -n',
        'no sysrq',
      ]),
    );
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
