import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FIRST_BOOT_UNITS, firstBootChanges } from '../../lib/layout/first-boot.ts';
import { undatedJks } from '../../lib/layout/jks.ts';
import { NEVER_BAKED, scrub } from '../../lib/layout/scrub.ts';
import { MemoryTree } from './memory-tree.ts';

/** A key store with one certificate, written by the description of the format. */
function jks(date: bigint, password = 'changeit'): Buffer {
  const number = (value: number) => Buffer.from([value >> 24, value >> 16, value >> 8, value]);
  const text = (value: string) => Buffer.concat([number(value.length).subarray(2), Buffer.from(value)]);
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(date);
  const certificate = Buffer.concat([text('X.509'), number(3), Buffer.from('DER')]);
  const head = [number(0xfeedfeed), number(2), number(1)];
  const body = Buffer.concat([...head, number(2), text('debian:root.pem'), time, certificate]);
  const key = Buffer.from([...password].flatMap((letter) => [0, letter.charCodeAt(0)]));
  const seal = createHash('sha1').update(key).update('Mighty Aphrodite').update(body).digest();
  return Buffer.concat([body, seal]);
}

function host(): MemoryTree {
  const tree = new MemoryTree();
  for (const path of [
    '/etc',
    '/etc/ssh',
    '/etc/ssl',
    '/etc/ssl/certs',
    '/var',
    '/var/log',
    '/var/log/apt',
    '/run',
  ])
    tree.dir(path);
  return tree
    .file('/etc/ssh/ssh_host_rsa_key', 'secret', 0o600)
    .file('/etc/ssh/ssh_config', 'kept')
    .file('/etc/machine-id', '0123\n', 0o444)
    .link('/etc/ssl/certs/12ab.0', 'ssl-cert-snakeoil.pem')
    .link('/etc/ssl/certs/34cd.0', 'Root_CA.pem')
    .file('/etc/ssl/certs/ssl-cert-snakeoil.pem', 'cert')
    .file('/var/log/apt/history.log', 'x')
    .file('/var/log/btmp', 'x', 0o660, { uid: 0, gid: 43 })
    .dir('/run/lock', 0o1777)
    .file('/run/lock/adduser', '');
}

describe('scrub', () => {
  test('removes secrets, empties identity, keeps the rest', async () => {
    const before = host();
    const { changes, scrubbed } = await scrub(before);
    const after = before.with(changes);
    expect([...before.nodes.keys()].filter((path) => !after.nodes.has(path)).sort()).toEqual([
      '/etc/ssh/ssh_host_rsa_key',
      '/etc/ssl/certs/12ab.0',
      '/etc/ssl/certs/ssl-cert-snakeoil.pem',
      '/run/lock/adduser',
      '/var/log/apt/history.log',
    ]);
    expect(after.nodes.get('/etc/machine-id')).toMatchObject({ size: 0, mode: 0o444 });
    expect(after.nodes.get('/var/log/btmp')).toMatchObject({ size: 0, mode: 0o660, gid: 43 });
    expect(scrubbed).toHaveLength(changes.length);
    expect(scrubbed.every(({ reason }) => reason !== '')).toBe(true);
  });

  test('has nothing to do the second time', async () => {
    const once = host().with((await scrub(host())).changes);
    expect((await scrub(once)).changes).toEqual([]);
  });

  test('keeps a link that systemd-resolved has made', async () => {
    const tree = host().link('/etc/resolv.conf', '../run/systemd/resolve/stub-resolv.conf');
    expect((await scrub(tree)).scrubbed.map(({ path }) => path)).not.toContain('/etc/resolv.conf');
  });

  test('takes the time out of a key store and seals it again, once', async () => {
    const tree = new MemoryTree();
    for (const path of ['/etc', '/etc/ssl', '/etc/ssl/certs', '/etc/ssl/certs/java']) tree.dir(path);
    tree.file('/etc/ssl/certs/java/cacerts', jks(1_767_225_600_000n));
    const { changes } = await scrub(tree);
    expect(changes).toMatchObject([{ op: 'write', path: '/etc/ssl/certs/java/cacerts', data: jks(0n) }]);
    expect((await scrub(tree.with(changes))).changes).toEqual([]);
  });

  test('lets a key store with a password of its own alone', async () => {
    const tree = new MemoryTree();
    for (const path of ['/etc', '/etc/ssl', '/etc/ssl/certs', '/etc/ssl/certs/java']) tree.dir(path);
    tree.file('/etc/ssl/certs/java/cacerts', jks(1n, 'secret'));
    expect((await scrub(tree)).changes).toEqual([]);
    for (const broken of [jks(1n).subarray(0, -1), Buffer.alloc(19), Buffer.alloc(40)])
      expect(undatedJks(broken)).toBeNull();
  });

  test('removes a database cluster and leaves the folder that holds it', async () => {
    const tree = new MemoryTree();
    for (const path of ['/var', '/var/lib', '/var/lib/postgresql', '/var/lib/postgresql/15']) tree.dir(path);
    tree.dir('/var/lib/postgresql/15/main', 0o700).file('/var/lib/postgresql/15/main/PG_VERSION', '15');
    const after = tree.with((await scrub(tree)).changes);
    expect(after.nodes.get('/var/lib/postgresql/15/main')).toMatchObject({ type: 'dir', mode: 0o700 });
    expect(after.nodes.has('/var/lib/postgresql/15/main/PG_VERSION')).toBe(false);
  });

  test('lets all instances of a template wait for the unit', async () => {
    const tree = new MemoryTree().dir('/usr').dir('/usr/sbin').dir('/usr/bin');
    tree.file('/usr/bin/pg_ctlcluster').file('/usr/sbin/runuser');
    const changes = new Map((await firstBootChanges(tree)).map((change) => [change.path, change]));
    const dropIn = changes.get('/usr/lib/systemd/system/postgresql@.service.d/apt-ostree-postgresql.conf');
    expect(String((dropIn as { data: Buffer }).data)).toBe('[Unit]\nAfter=apt-ostree-postgresql.service\n');
    expect(changes.get('/usr/libexec/apt-ostree/apt-ostree-postgresql')).toMatchObject({ mode: 0o755 });
  });

  test('names for each secret a unit that exists', async () => {
    const tree = new MemoryTree().dir('/usr').dir('/usr/sbin').dir('/usr/bin');
    for (const path of FIRST_BOOT_UNITS.flatMap(({ needs }) => needs)) tree.file(path);
    const paths = (await firstBootChanges(tree)).map(({ path }) => path);
    for (const { unit } of NEVER_BAKED)
      if (unit) expect(paths).toContain(`/usr/lib/systemd/system/${unit}.service`);
    expect(await firstBootChanges(new MemoryTree())).toEqual([]);
  });
});
