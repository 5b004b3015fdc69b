import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem([
    {
      control: { Package: 'greeter', Depends: 'voice' },
      files: 'f /usr/bin/greet 0755 root root #!/bin/sh\\ncat /etc/greeting',
      scripts: {
        postinst:
          'echo "hello from $1" > /etc/greeting; mkdir -p /var/lib/greeter; echo 1 > /var/lib/greeter/state',
      },
    },
    {
      control: { Package: 'voice' },
      files: 'f /etc/voice.conf 0640 root root loud\nf /usr/lib/voice 0644 root root la',
      conffiles: ['/etc/voice.conf'],
      scripts: { preinst: 'test ! -e /usr/lib/voice; echo "$1" > /usr/lib/voice-preinst' },
    },
  ]);
});
afterAll(async () => s?.[Symbol.asyncDispose]());

describe('composeTree', () => {
  it('makes a commit of packages and of what their scripts did, in the OSTree layout', async () => {
    const result = await s.system.composeTree({ treefile: s.treefile({ packages: ['greeter'] }) });
    expect(result.packages.map((p) => p.name).sort()).toEqual(['greeter', 'tiny-base', 'voice']);
    expect(result.scripts.map((r) => `${r.package}.${r.script} ${r.args.join(' ')}`)).toEqual([
      'voice.preinst install',
      'greeter.postinst configure ',
    ]);
    const cli = ostreeCli(s.repo);
    expect(await cli.cat('test/tiny', '/usr/etc/greeting')).toBe('hello from configure\n');
    expect(await cli.cat('test/tiny', '/usr/lib/voice-preinst')).toBe('install\n');
    expect(await cli.cat('test/tiny', '/usr/share/factory/var/lib/greeter/state')).toBe('1\n');
    expect(await cli.cat('test/tiny', '/usr/lib/sysimage/dpkg/status')).toContain(
      'Status: install ok installed',
    );
    const conf = await cli.cat('test/tiny', '/usr/lib/tmpfiles.d/apt-ostree-var.conf');
    expect(conf).toMatch(/^C .*\/var\/lib\/greeter\/state/m);
    expect(await cli.fsck()).toBeNull();
  });

  it('says that nothing changed, and writes nothing, when nothing did', async () => {
    const treefile = s.treefile({ packages: ['greeter'] });
    const first = await s.system.composeTree({ treefile });
    const again = await s.system.composeTree({ treefile });
    expect(again).toMatchObject({ unchanged: true, commit: first.commit });
    expect(again.stats.objects.written).toBe(0);
    expect(again.scripts).toEqual([]);
  });

  it('gives the same commit from an empty cache in another folder', async () => {
    const lock = join(s.dir, 'lock');
    const treefile = s.treefile({ packages: ['greeter'] });
    const first = await s.system.composeTree({
      treefile,
      writeLockfile: lock,
      parent: null,
      forceNocache: true,
    });
    const other = await s.another('second');
    const second = await other.system.composeTree({ treefile, lockfile: lock });
    expect(second.commit).toBe(first.commit);
    expect(await readFile(lock, 'utf8')).toMatch(/^Package: greeter\nVersion: 1.0\n/);
  });

  it('leaves a plain root that shares no file with the repository', async () => {
    const dir = join(s.dir, 'root');
    const result = await s.system.composeRootfs({ treefile: s.treefile({ packages: ['greeter'] }), dir });
    expect(result.packages).toHaveLength(3);
    expect(await readFile(join(dir, 'etc/greeting'), 'utf8')).toBe('hello from configure\n');
    expect(await readFile(join(dir, 'var/lib/dpkg/info/voice.list'), 'utf8')).toBe(
      '/.\n/etc\n/etc/voice.conf\n/usr\n/usr/lib\n/usr/lib/voice\n',
    );
    expect((await stat(join(dir, 'etc/voice.conf'))).mode & 0o7777).toBe(0o640);
    expect((await stat(join(dir, 'usr/lib/voice'))).nlink).toBe(1);
  });

  it('carries out the steps of the treefile in the finished tree', async () => {
    const treefile = s.treefile({
      ref: 'test/steps',
      packages: ['voice'],
      'remove-files': ['/usr/lib/voice'],
      postprocess: [
        '#!/bin/sh\nset -e\ntest -e /etc/voice.conf\ntest ! -e /usr/lib/voice\necho done > /usr/lib/step\n',
      ],
    });
    await s.system.composeTree({ treefile });
    const cli = ostreeCli(s.repo);
    expect(await cli.cat('test/steps', '/usr/lib/step')).toBe('done\n');
    const why = await s.system.why({ path: '/usr/lib/step', ref: 'test/steps' });
    expect(why.layer).toMatchObject({ kind: 'treefile', script: 'postprocess 1' });
    await expect(s.system.why({ path: '/.postprocess', ref: 'test/steps' })).rejects.toMatchObject({
      code: 'ERR_OSTREE_NOT_FOUND',
    });
  });
});

describe('composeLayer', () => {
  it('writes what is new only, checks the base out once, and names each path’s layer', async () => {
    await s.system.composeTree({ treefile: s.treefile({ ref: 'test/base' }) });
    const treefile = s.treefile();
    const layer = { base: 'test/base', ref: 'test/layer', install: ['greeter'], treefile };
    const result = await s.system.composeLayer(layer);
    expect(result.packages.map((p) => p.name).sort()).toEqual(['greeter', 'voice']);
    // Directories along the way, the database, the record and what scripts wrote; busybox and its links are not.
    expect(result.stats.objects.written).toBeLessThan(45);
    expect(result.stats.bytesWritten).toBeLessThan(200_000);
    const base = (await ostreeCli(s.repo).revParse('test/base'))!;
    const checkout = join(s.repo, 'extensions/apt-ostree/base', base);
    const object = await stat(join(checkout, 'usr/bin/busybox'));
    expect(object.nlink).toBeGreaterThan(1);
    await s.system.composeLayer({ ...layer, ref: 'test/layer-2' });
    expect((await stat(join(checkout, 'usr/bin/busybox'))).ino).toBe(object.ino);
    expect((await s.system.why({ path: '/etc/greeting', ref: 'test/layer' })).layer).toMatchObject({
      kind: 'script',
      package: 'greeter',
      script: 'postinst',
    });
    expect((await s.system.why({ path: '/bin/greet', ref: 'test/layer' })).layer).toMatchObject({
      kind: 'package',
      package: 'greeter',
    });
    expect(await ostreeCli(s.repo).fsck()).toBeNull();
  });

  it('equals the tree composed from nothing with the same packages', async () => {
    await s.system.composeTree({ treefile: s.treefile({ ref: 'test/base' }) });
    await s.system.composeLayer({
      base: 'test/base',
      ref: 'test/layer',
      install: ['greeter'],
      treefile: s.treefile(),
    });
    await s.system.composeTree({ treefile: s.treefile({ ref: 'test/whole', packages: ['greeter'] }) });
    const cli = ostreeCli(s.repo);
    const differences = (await cli.run('diff', 'test/layer', 'test/whole')).split('\n').filter(Boolean);
    // The engine's own record tells two transactions from one.
    expect(differences.filter((line) => !line.includes('/usr/lib/sysimage/apt-ostree'))).toEqual([]);
  });

  it('removes a package of the base with its scripts', async () => {
    await s.system.composeTree({ treefile: s.treefile({ ref: 'test/whole', packages: ['greeter'] }) });
    const treefile = s.treefile();
    const result = await s.system.composeLayer({
      base: 'test/whole',
      ref: 'test/less',
      install: [],
      remove: ['greeter'],
      treefile,
    });
    expect(result.packages).toMatchObject([{ name: 'greeter', action: 'remove' }]);
    const cli = ostreeCli(s.repo);
    await expect(cli.cat('test/less', '/usr/bin/greet')).rejects.toThrow();
    expect(await cli.cat('test/less', '/usr/lib/sysimage/dpkg/status')).not.toContain('Package: greeter');
  });
});
