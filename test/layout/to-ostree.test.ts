import { describe, expect, test } from 'vitest';
import { layOut } from '../../lib/layout/to-ostree.ts';
import { MemoryTree } from './memory-tree.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n';
const GROUP = 'root:x:0:\nwww-data:x:33:\nssl-cert:x:101:www-data\n';

function plainTree(): MemoryTree {
  const tree = new MemoryTree();
  for (const path of [
    '/etc',
    '/home',
    '/srv',
    '/mnt',
    '/media',
    '/opt',
    '/boot',
    '/var',
    '/var/lib',
    '/var/cache',
  ])
    tree.dir(path);
  for (const path of [
    '/usr',
    '/usr/lib',
    '/usr/lib/modules',
    '/usr/local',
    '/usr/local/bin',
    '/usr/share',
    '/var/opt',
  ])
    tree.dir(path);
  return tree
    .dir('/root', 0o700)
    .file('/root/.profile', 'x')
    .file('/etc/passwd', PASSWD)
    .file('/etc/group', GROUP)
    .dir('/var/lib/dpkg')
    .file('/var/lib/dpkg/status', 'Package: x\n')
    .dir('/var/lib/site', 0o750, { uid: 33, gid: 101 })
    .file('/var/lib/site/a b%c', 'data', 0o600, { uid: 33, gid: 4242 })
    .link('/var/run', '/run');
}

async function laidOut(tree: MemoryTree): Promise<MemoryTree> {
  return tree.with(await layOut(tree));
}

const textOf = async (tree: MemoryTree, path: string) => (await tree.read(path))?.toString() ?? '';

describe('layOut', () => {
  test('commits an empty /var and links the directories of the host into it', async () => {
    const tree = await laidOut(plainTree());
    expect(await tree.list('/var')).toEqual([]);
    const target = (path: string) => tree.nodes.get(path);
    expect(target('/home')).toMatchObject({ type: 'symlink', target: 'var/home' });
    expect(target('/root')).toMatchObject({ type: 'symlink', target: 'var/roothome' });
    expect(target('/usr/local')).toMatchObject({ type: 'symlink', target: '../var/usrlocal' });
    expect(target('/media')).toMatchObject({ type: 'symlink', target: 'run/media' });
    expect(target('/ostree')).toMatchObject({ type: 'symlink', target: 'sysroot/ostree' });
    expect(target('/sysroot')).toMatchObject({ type: 'dir' });
    expect(target('/etc')).toBeUndefined();
    expect(target('/usr/etc/passwd')).toMatchObject({ type: 'file' });
    expect(target('/usr/lib/sysimage/dpkg/status')).toMatchObject({ type: 'file' });
  });

  test('translates /var into tmpfiles.d lines with modes, owners and escapes', async () => {
    const tree = await laidOut(plainTree());
    const lines = (await textOf(tree, '/usr/lib/tmpfiles.d/apt-ostree-var.conf')).split('\n');
    expect(lines).toContain('d /var/lib/site 0750 www-data ssl-cert - -');
    expect(lines).toContain('C "/var/lib/site/a b%%c" 0600 www-data 4242 - -');
    expect(lines).toContain('L /var/run - - - - /run');
    expect(lines).toContain('d /var/roothome 0700 root root - -');
    expect(lines).toContain('C /var/roothome/.profile 0644 root root - -');
    expect(lines).toContain('d /var/usrlocal/bin 0755 root root - -');
    expect(lines).toContain('d /run/media 0755 root root - -');
    expect(lines.filter((line) => line.includes('dpkg'))).toEqual([]);
    expect(tree.nodes.get('/usr/share/factory/var/lib/site/a b%c')).toMatchObject({ mode: 0o600, uid: 33 });
  });

  test('lets the link to the dpkg database win over any other line', async () => {
    const tree = await laidOut(plainTree().dir('/usr/lib/tmpfiles.d').file('/usr/lib/tmpfiles.d/0.conf', ''));
    expect(await textOf(tree, '/usr/lib/tmpfiles.d/00-apt-ostree-sysimage.conf')).toContain(
      'L /var/lib/dpkg - - - - ../../usr/lib/sysimage/dpkg\n',
    );
  });

  test('leaves out what a package declares itself', async () => {
    const plain = plainTree().dir('/usr/lib/tmpfiles.d');
    plain.file(
      '/usr/lib/tmpfiles.d/site.conf',
      '# x\nd /var/lib/site 0750 www-data ssl-cert 10d\nL+ /var/run - - - - /run\n',
    );
    const text = await textOf(await laidOut(plain), '/usr/lib/tmpfiles.d/apt-ostree-var.conf');
    expect(text).not.toMatch(/^d \/var\/lib\/site /m);
    expect(text).not.toMatch(/^L \/var\/run /m);
    expect(text).toMatch(/^C "\/var\/lib\/site\/a b/m);
  });

  test('keeps payload of /opt in /usr and links it from the /opt of the host', async () => {
    const tree = await laidOut(plainTree().dir('/opt/vendor').file('/opt/vendor/run', 'x', 0o755));
    expect(tree.nodes.get('/opt')).toMatchObject({ type: 'symlink', target: 'var/opt' });
    expect(tree.nodes.get('/usr/lib/opt/vendor/run')).toMatchObject({ mode: 0o755 });
    expect(await textOf(tree, '/usr/lib/tmpfiles.d/apt-ostree-var.conf')).toContain(
      'L /var/opt/vendor - - - - ../../usr/lib/opt/vendor\n',
    );
  });

  test('moves the newest kernel beside its modules', async () => {
    const plain = plainTree();
    for (const version of ['6.1.0-9-amd64', '6.1.0-10-amd64'])
      plain
        .dir(`/usr/lib/modules/${version}`)
        .file(`/boot/vmlinuz-${version}`, version)
        .file(`/boot/config-${version}`, version);
    const tree = await laidOut(plain);
    expect(tree.nodes.has('/usr/lib/modules/6.1.0-10-amd64/vmlinuz')).toBe(true);
    expect(tree.nodes.has('/usr/lib/modules/6.1.0-10-amd64/config')).toBe(true);
    expect(tree.nodes.has('/usr/lib/modules/6.1.0-9-amd64/vmlinuz')).toBe(false);
    expect(tree.nodes.has('/boot/vmlinuz-6.1.0-9-amd64')).toBe(true);
  });

  test('hands accounts with their numbers to hosts with an edited /etc/passwd', async () => {
    const text = await textOf(await laidOut(plainTree()), '/usr/lib/sysusers.d/00-apt-ostree-accounts.conf');
    expect(text).toContain('g ssl-cert 101\n');
    expect(text).toContain('u www-data 33:33 "www-data" /var/www /usr/sbin/nologin\n');
    expect(text).toContain('m www-data ssl-cert\n');
    expect(text).not.toMatch(/\broot\b.*\b0\b/);
  });

  test('leaves accounts out that a package makes with the same number', async () => {
    const plain = plainTree().dir('/usr/lib/sysusers.d');
    plain.file('/usr/lib/sysusers.d/basic.conf', '# x\nu www-data 33 - /var/www\ng ssl-cert -\ng root 0 -\n');
    const text = await textOf(await laidOut(plain), '/usr/lib/sysusers.d/00-apt-ostree-accounts.conf');
    expect(text.split('\n').slice(1)).toEqual(['g ssl-cert 101', 'm www-data ssl-cert', '']);
  });

  test('refuses a tree that has something where the layout needs room', async () => {
    await expect(layOut(plainTree().dir('/var/home'))).rejects.toMatchObject({
      code: 'ERR_LAYOUT',
      message: '/var/home is where /home goes',
    });
    await expect(layOut(plainTree().dir('/usr/etc'))).rejects.toMatchObject({ code: 'ERR_LAYOUT' });
  });
});
