import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../lib/system/engine.ts';
import type { AptOstreeSystem } from '../../lib/system/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { execute, run } from '../helpers/run.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

/** As adduser does: an account that exists is left alone, a new one gets the next free number. */
const adduser = (name: string) => `
grep -q "^${name}:" /etc/passwd && exit 0
n=100; while grep -q "^[^:]*:[^:]*:$n:" /etc/passwd; do n=$((n + 1)); done
echo "${name}:x:$n:$n::/nonexistent:/bin/false" >> /etc/passwd
echo "${name}:x:$n:" >> /etc/group`;

/** What comes with an account: its line in shadow, a home, a group that it joins. */
const ADDUSER_FULL = `
grep -q "^full:" /etc/passwd && exit 0
n=100; while grep -q "^[^:]*:[^:]*:$n:" /etc/passwd; do n=$((n + 1)); done
echo "full:x:$n:$n::/var/lib/full/home:/bin/false" >> /etc/passwd
echo "full:!:19000::::::" >> /etc/shadow
echo "full:x:$n:" >> /etc/group
sed -i "s/^nogroup:.*:$/&full/" /etc/group
mkdir /var/lib/full/home; chown $n:$n /var/lib/full/home; chmod 2750 /var/lib/full/home`;

const LEAVES_BACKUPS = 'cp /etc/passwd /etc/passwd-; cp /etc/group /etc/group-';

let s: SmallSystem;
beforeAll(async () => {
  s = await smallSystem([
    // Its script runs before any postinst, so it would be given the first number.
    { control: { Package: 'alpha' }, scripts: { preinst: adduser('alpha') } },
    { control: { Package: 'beta' }, scripts: { postinst: `${LEAVES_BACKUPS}; ${adduser('beta')}` } },
    {
      control: { Package: 'stubborn' },
      scripts: { postinst: 'sed -i "s/^beta:x:[0-9]*/beta:x:555/" /etc/passwd' },
    },
    { control: { Package: 'looking' }, scripts: { preinst: 'cp /etc/passwd /usr/seen' } },
    { control: { Package: 'shadow' }, files: 'f /etc/shadow 0640 root root root:*:19000::::::' },
    {
      control: { Package: 'full', Depends: 'shadow' },
      files: 'd /var/lib/full 0711 root root',
      scripts: { postinst: ADDUSER_FULL },
    },
    // It takes over from beta: the same account, and a file of it.
    {
      control: { Package: 'heir' },
      scripts: { postinst: `${adduser('beta')}; echo x > /usr/h; chown $n /usr/h` },
    },
    {
      control: { Package: 'small-kernel', Architecture: 'amd64' },
      files:
        'f /boot/vmlinuz-1.0-small 0644 root root kernel\nf /usr/lib/modules/1.0-small/modules.dep 0644 root root none',
    },
  ]);
});
afterAll(async () => {
  // libostree marks deployments immutable, which would keep the folder.
  await execute('chattr', ['-R', '-i', join(s.dir, 'sysroot/ostree/deploy')], { ok: [0, 1] });
  await s?.[Symbol.asyncDispose]();
});

async function numbersOf(ref: string): Promise<Record<string, string | undefined>> {
  return parseNumbers(await ostreeCli(s.repo).cat(ref, '/usr/etc/passwd'));
}

function parseNumbers(passwd: string): Record<string, string | undefined> {
  const rows = passwd.trim().split('\n');
  return Object.fromEntries(rows.map((line) => [line.split(':')[0], line.split(':')[2]]));
}

const drift = (text: string) => ({ code: 'ERR_ACCOUNT_DRIFT', message: expect.stringContaining(text) });

describe('accounts of the commit before', () => {
  const compose = (ref: string, packages: string[], more: object = {}) =>
    s.system.composeTree({ treefile: s.treefile({ ref, packages }), ...more });

  it('keep their numbers when a package comes whose account would take one', async () => {
    await compose('test/scratch', ['alpha', 'beta']);
    expect(await numbersOf('test/scratch')).toMatchObject({ alpha: '100', beta: '101' });
    await compose('test/a', ['beta']);
    await compose('test/a', ['alpha', 'beta', 'looking']);
    expect(await numbersOf('test/a')).toMatchObject({ alpha: '101', beta: '100' });
    // They are there before the first script.
    const seen = parseNumbers(await ostreeCli(s.repo).cat('test/a', '/usr/seen'));
    expect(seen).toMatchObject({ beta: '100' });
    expect((await s.system.why({ path: '/etc/passwd', ref: 'test/a' })).history.map((l) => l.kind)).toEqual([
      'package',
      'accounts',
      'script',
    ]);
  });

  it('are an input: an equal compose is unchanged, another parent is not', async () => {
    const packages = ['alpha', 'beta', 'looking'];
    expect((await compose('test/a', packages)).unchanged).toBe(true);
    const anew = await compose('test/a', packages, { parent: null });
    expect(anew.unchanged).toBe(false);
    expect(await numbersOf('test/a')).toMatchObject({ alpha: '100', beta: '101' });
    expect((await compose('test/a', packages, { parent: null })).unchanged).toBe(true);
    expect((await compose('test/a', packages)).unchanged).toBe(true);
    await compose('test/b', ['beta']);
    const other = await compose('test/a', packages, { parent: 'test/b' });
    expect(other.unchanged).toBe(false);
    expect(await numbersOf('test/a')).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('make the same files again: line for line, with shadow, members and home', async () => {
    const packages = ['alpha', 'beta', 'full'];
    const cli = ostreeCli(s.repo);
    const first = await compose('test/same', packages);
    const second = await compose('test/same', packages, { forceNocache: true });
    expect(second.commit).not.toBe(first.commit);
    const files = (commit: string) => cli.run('ls', '-RC', commit);
    const unlike = (await files(second.commit!))
      .split('\n')
      .filter((line) => !/apt-ostree|\/sysimage$|\/lib$|\/usr$| \/$/.test(line));
    const before = new Set((await files(first.commit!)).split('\n'));
    expect(unlike.filter((line) => !before.has(line))).toEqual([]);
    expect(await cli.cat('test/same', '/usr/etc/shadow')).toContain('\nfull:!:19000::::::\n');
    expect(await cli.cat('test/same', '/usr/etc/group')).toContain('nogroup:x:65534:full\n');
    expect(await cli.run('ls', '-R', 'test/same', '/usr/share/factory/var/lib/full')).toMatch(
      /^d00711 0 0 +0 \S+\/full\nd02750 (\d+) \1 +0 \S+\/home\n$/,
    );
    await expect(cli.cat('test/same', '/usr/etc/passwd-')).rejects.toThrow();
    // The record is for the engine: lines of shadow may hold a secret.
    expect(await cli.run('ls', 'test/same', '/usr/lib/sysimage/apt-ostree/accounts')).toMatch(/^-00600 0 0 /);
  });

  it('of packages that are gone are gone, but nobody gets their numbers', async () => {
    await compose('test/gone', ['beta']);
    await compose('test/gone', ['alpha']);
    const alone = await numbersOf('test/gone');
    expect(alone).toEqual({ root: '0', nobody: '65534', alpha: '101' });
    expect(await ostreeCli(s.repo).cat('test/gone', '/usr/etc/group')).not.toMatch(/:100:|held/);
    await compose('test/gone', ['alpha', 'beta']);
    expect(await numbersOf('test/gone')).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('pass to the package that makes the account now', async () => {
    await compose('test/heir', ['beta']);
    const { scripts } = await compose('test/heir', ['alpha', 'heir']);
    expect(await numbersOf('test/heir')).toMatchObject({ alpha: '101', beta: '100' });
    expect(scripts.map((r) => `${r.package} ${r.state}`)).toEqual([
      'alpha succeeded',
      'heir undone',
      'heir succeeded',
    ]);
    await compose('test/heir', ['heir', 'looking']);
    expect(parseNumbers(await ostreeCli(s.repo).cat('test/heir', '/usr/seen'))).toMatchObject({
      beta: '100',
    });
  });

  it('refuse another number, and name the account', async () => {
    await compose('test/drift', ['beta']);
    const before = await ostreeCli(s.repo).run('rev-parse', 'test/drift');
    await expect(compose('test/drift', ['beta', 'stubborn'])).rejects.toMatchObject(
      drift('beta has number 555, and had 100'),
    );
    expect(await ostreeCli(s.repo).run('rev-parse', 'test/drift')).toBe(before);
    await compose('test/drift', ['beta', 'stubborn'], { parent: null });
    await compose('test/drift', ['beta', 'stubborn'], { forceNocache: true });
    expect(await numbersOf('test/drift')).toMatchObject({ beta: '555' });
  });

  it('are there in trees that are made in one step, too', async () => {
    const one = (packages: string[]) =>
      s.system.composeTree({
        treefile: s.treefile({ ref: 'test/one', essential: false, packages: ['tiny-base', ...packages] }),
      });
    await one(['beta']);
    await one(['alpha', 'beta']);
    expect(await numbersOf('test/one')).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('are not in an ordinary root, which begins with nothing', async () => {
    const dir = join(s.dir, 'root');
    await s.system.composeRootfs({
      treefile: s.treefile({ ref: 'test/b', packages: ['alpha', 'beta'] }),
      dir,
    });
    expect(parseNumbers(await readFile(join(dir, 'etc/passwd'), 'utf8'))).toMatchObject({ alpha: '100' });
    await expect(readFile(join(dir, 'usr/lib/sysusers.d/00-apt-ostree-accounts.conf'))).rejects.toThrow();
    await expect(readFile(join(dir, 'usr/lib/sysimage/apt-ostree/accounts'))).rejects.toThrow();
  });

  it('keep their numbers in a layer, where those of the base win', async () => {
    const layer = (base: string, ref: string, install: string[]) =>
      s.system.composeLayer({ base, ref, install, treefile: s.treefile() });
    await compose('test/base', []);
    await layer('test/base', 'test/layer', ['beta']);
    await layer('test/base', 'test/layer', ['alpha', 'beta']);
    expect(await numbersOf('test/layer')).toMatchObject({ alpha: '101', beta: '100' });
    expect((await layer('test/base', 'test/layer', ['alpha', 'beta'])).unchanged).toBe(true);
    // What the base had once and may have again is not given away.
    await compose('test/base', ['alpha', 'beta']);
    await compose('test/base', ['alpha']);
    await layer('test/base', 'test/other', ['full']);
    expect(await numbersOf('test/other')).toMatchObject({ alpha: '100', full: '102' });
    await expect(layer('test/base', 'test/layer', ['looking'])).rejects.toMatchObject(
      drift('alpha has number 100, and had 101'),
    );
    await compose('test/base2', ['full']);
    await expect(layer('test/base2', 'test/layer', ['beta'])).rejects.toMatchObject(
      drift('beta had number 100, which full has now'),
    );
  });
});

describe('accounts of a host', () => {
  let host: AptOstreeSystem;
  const deployed = async () => {
    const { checksum } = (await host.status()).deployments[0]!;
    return join(s.dir, 'sysroot/ostree/deploy/debian/deploy', `${checksum}.0`);
  };
  const numbers = async () => parseNumbers(await readFile(join(await deployed(), 'usr/etc/passwd'), 'utf8'));

  beforeAll(async () => {
    const treefile = s.treefile({ ref: 'test/host', packages: ['small-kernel'], initramfs: 'none' });
    await s.system.composeTree({ treefile });
    const options = { sysroot: join(s.dir, 'sysroot'), cacheDir: join(s.dir, 'host-cache') };
    await (await openEngine({ ...options, repo: s.repo })).deploy({ rev: 'test/host' });
    host = await openEngine({ ...options, repos: [s.archive.stanza()] });
  });

  it('keep their numbers when more packages come, and when others go', async () => {
    await host.install({ install: ['beta'] });
    await host.install({ install: ['alpha'] });
    expect(await numbers()).toMatchObject({ alpha: '101', beta: '100' });
    expect((await host.install({ install: ['alpha'], idempotent: true })).unchanged).toBe(true);
    await host.uninstall({ packages: ['beta'] });
    expect(await numbers()).toMatchObject({ alpha: '101' });
    await expect(host.install({ install: ['beta', 'stubborn'] })).rejects.toMatchObject(
      drift('beta has number 555, and had 100'),
    );
  });

  it('reach a host whose /etc/passwd was edited', async () => {
    const edited = join(await deployed(), 'etc/passwd');
    await writeFile(edited, `${await readFile(edited, 'utf8')}admin:x:1000:1000::/home/admin:/bin/sh\n`);
    await host.install({ install: ['beta'] });
    const root = await deployed();
    const kept = parseNumbers(await readFile(join(root, 'etc/passwd'), 'utf8'));
    expect(kept).toMatchObject({ admin: '1000' });
    expect(kept).not.toHaveProperty('beta');
    await run('systemd-sysusers', [`--root=${root}`]);
    expect(parseNumbers(await readFile(join(root, 'etc/passwd'), 'utf8'))).toMatchObject({
      admin: '1000',
      alpha: '101',
      beta: '100',
    });
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toContain('beta:x:100:\n');
  });
});

describe('preserve-accounts', () => {
  const numbers = async (packages: string[], lock: string, more: object = {}) => {
    await s.system.composeTree({ treefile: s.treefile({ packages, 'preserve-accounts': lock }), ...more });
    return numbersOf('test/tiny');
  };

  it('keeps the number of an account when other packages come and go', async () => {
    const lock = join(s.dir, 'accounts.lock');
    const anew = { parent: null };
    expect(await numbers(['beta'], lock, anew)).toMatchObject({ beta: '100' });
    expect(await readFile(lock, 'utf8')).toContain('beta passwd beta:x:100:100::/nonexistent:/bin/false');
    expect(await numbers(['alpha', 'beta'], lock, anew)).toMatchObject({ alpha: '101', beta: '100' });
    const alone = await numbers(['alpha'], lock, anew);
    expect(alone).toMatchObject({ alpha: '101' });
    expect(alone).not.toHaveProperty('beta');
    expect(await numbers(['alpha', 'beta'], lock, anew)).toMatchObject({ alpha: '101', beta: '100' });
  });

  it('wins over the commit, and takes over from it what it has not', async () => {
    const lock = join(s.dir, 'wins.lock');
    await writeFile(lock, 'beta passwd beta:x:77:77:edited:/nonexistent:/bin/sh\nbeta group beta:x:77:\n');
    expect(await numbers(['alpha', 'beta'], lock)).toMatchObject({ alpha: '101', beta: '77' });
    expect(await ostreeCli(s.repo).cat('test/tiny', '/usr/etc/passwd')).toContain(':77:77:edited:');
    const fresh = join(s.dir, 'fresh.lock');
    expect(await numbers(['alpha', 'beta'], fresh)).toMatchObject({ beta: '77' });
    expect(await readFile(fresh, 'utf8')).toBe(await readFile(lock, 'utf8'));
  });

  it('refuses a tree in which an account has another number, and names it', async () => {
    const lock = join(s.dir, 'drift.lock');
    await writeFile(lock, 'beta passwd beta:x:77:77::/nonexistent:/bin/false\nbeta group beta:x:77:\n');
    const treefile = s.treefile({
      ref: 'test/locked-drift',
      packages: ['beta', 'stubborn'],
      'preserve-accounts': lock,
    });
    await expect(s.system.composeTree({ treefile })).rejects.toMatchObject(
      drift('beta has number 555, and had 77'),
    );
    expect(await readFile(lock, 'utf8')).not.toContain('555');
  });

  it('names the line of a damaged lock', async () => {
    const lock = join(s.dir, 'damaged.lock');
    await writeFile(lock, '# comment\nnonsense\n');
    await expect(
      s.system.composeTree({ treefile: s.treefile({ ref: 'test/damaged', 'preserve-accounts': lock }) }),
    ).rejects.toMatchObject({ code: 'ERR_TREEFILE', message: expect.stringContaining('damaged.lock:2') });
  });
});
