import { describe, expect, test } from 'vitest';
import { firstBootChanges } from '../../lib/layout/first-boot.ts';
import { NEVER_BAKED, scrub } from '../../lib/layout/scrub.ts';
import { MemoryTree } from './memory-tree.ts';

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

  test('names for each secret a unit that exists', async () => {
    const tree = new MemoryTree().dir('/usr').dir('/usr/sbin').dir('/usr/bin');
    for (const program of ['sshd', 'make-ssl-cert', 'named', 'rndc-confgen'])
      tree.file(`/usr/sbin/${program}`);
    tree.file('/usr/bin/ssh-keygen');
    const paths = (await firstBootChanges(tree)).map(({ path }) => path);
    for (const { unit } of NEVER_BAKED)
      if (unit) expect(paths).toContain(`/usr/lib/systemd/system/${unit}.service`);
    expect(await firstBootChanges(new MemoryTree())).toEqual([]);
  });
});
