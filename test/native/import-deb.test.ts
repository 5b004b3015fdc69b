import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openRepo, type Repo } from '../../lib/native/repo.ts';
import type { PackageManifest } from '../../lib/native/types.ts';
import { importDebs } from '../../lib/packages/import.ts';
import { canonicalPath, manifestEntries } from '../../lib/packages/manifest.ts';
import { type DebSpec, makeDeb } from '../helpers/deb.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

async function setup() {
  const dir = await tempDir('import');
  const repo = await openRepo(dir.file('repo'), { create: 'bare' });
  return {
    dir,
    repo,
    cli: ostreeCli(repo.path),
    deb: (spec: DebSpec) => makeDeb(dir.path, spec),
    async [Symbol.asyncDispose]() {
      repo.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function importAll(repo: Repo, files: { file: string; sha256: string | null }[]) {
  await using transaction = await repo.transaction();
  const imported = await importDebs(repo, files);
  const stats = await transaction.commit();
  return { imported, stats };
}

const importOne = async (repo: Repo, file: string, sha256: string | null = null) =>
  (await importAll(repo, [{ file, sha256 }])).imported[0]!;

const manifestOf = async (repo: string, commit: string): Promise<PackageManifest> =>
  JSON.parse(await ostreeCli(repo).cat(commit, '/manifest'));

const SPEC: DebSpec = {
  control: { Package: 'demo', Version: '1:2.0-1' },
  files: `
    d /var/lib/demo 2750 root adm
    f /usr/bin/demo 4755 root mail #!/bin/sh\\necho "hello"
    f /etc/demo.conf 0644 root root a = 1
    f /bin/tool 0755 root root aliased
    f /usr/share/demo/größe 0644 123 456 x
    l /usr/bin/aa-first demo
    h /usr/bin/hard /usr/bin/demo`,
  scripts: { postinst: 'echo configured' },
  conffiles: ['/etc/demo.conf'],
  triggers: ['interest-noawait /usr/share/demo'],
  members: { templates: 'Template: demo/x\n' },
};

describe('the commit of a .deb', () => {
  it('holds the payload at merged-/usr places with types, modes and owners', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const imported = await importOne(t.repo, deb.path);
    const listed = new Map((await t.cli.ls(imported.ref, '/data')).map((e) => [e.path, e]));
    expect(listed.get('/data/var/lib/demo')).toMatchObject({ type: 'dir', mode: 0o2750, uid: 0, gid: 4 });
    expect(listed.get('/data/usr/bin/demo')).toMatchObject({ type: 'file', mode: 0o4755, uid: 0, gid: 8 });
    expect(listed.get('/data/usr/bin/tool')).toMatchObject({ type: 'file', mode: 0o755 });
    expect(listed.get('/data/usr/share/demo/größe')).toMatchObject({ uid: 123, gid: 456 });
    expect(listed.get('/data/usr/bin/aa-first')).toMatchObject({ type: 'symlink', target: 'demo' });
    expect(listed.has('/data/bin')).toBe(false);
    expect(await t.cli.cat(imported.ref, '/data/usr/bin/hard')).toBe('#!/bin/sh\necho "hello"\n');
    expect(await t.cli.cat(imported.ref, '/control/postinst')).toBe('#!/bin/sh\nset -e\necho configured\n');
    expect(await t.cli.cat(imported.ref, '/control/templates')).toBe('Template: demo/x\n');
    expect(await t.cli.fsck()).toBeNull();
  });

  it('has a manifest with dpkg paths in dpkg order', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const imported = await importOne(t.repo, deb.path);
    const manifest = await manifestOf(t.repo.path, imported.commit);
    const rows = new Map([...manifestEntries(manifest)].map((row) => [row.path, row]));
    expect(manifest.entries.path[0]).toBe('/.');
    expect(manifest.entries.path.at(-1)).toBe('/usr/bin/aa-first');
    const md5 = createHash('md5').update('#!/bin/sh\necho "hello"\n').digest('hex');
    const file = rows.get('/usr/bin/demo')!;
    const hard = rows.get('/usr/bin/hard')!;
    expect([file.type, hard.type].sort()).toEqual(['f', 'h']);
    expect([file.target, hard.target].filter((x) => x)).toEqual([
      file.type === 'f' ? '/usr/bin/demo' : '/usr/bin/hard',
    ]);
    expect(file).toMatchObject({
      mode: 0o4755,
      gname: 'mail',
      gid: 8,
      size: 23,
      md5,
      checksum: hard.checksum,
    });
    expect(rows.get('/var/lib/demo')).toMatchObject({ type: 'd', mode: 0o2750, checksum: '', md5: '' });
    expect(rows.get('/usr/bin/aa-first')).toMatchObject({ type: 'l', target: 'demo', md5: '' });
    expect(rows.get('/etc/demo.conf')!.mtime).toBe(1_000_000_000);
    expect(manifest.control).toContain('Package: demo\nVersion: 1:2.0-1\n');
    expect(manifest.texts.conffiles).toBe('/etc/demo.conf\n');
    expect(manifest.texts.triggers).toBe('interest-noawait /usr/share/demo\n');
    expect(manifest.texts.postinst).toContain('echo configured');
    expect(manifest.members.map((m) => m.name).sort()).toEqual([
      'conffiles',
      'md5sums',
      'postinst',
      'templates',
      'triggers',
    ]);
    expect(manifest.audit).toContain('setuid /usr/bin/demo');
  });

  it('is the same for the same .deb, whatever repository and process', async () => {
    await using a = await setup();
    await using b = await setup();
    const deb = await a.deb(SPEC);
    const first = await importOne(a.repo, deb.path);
    const second = await importOne(b.repo, deb.path, deb.sha256);
    expect(second.commit).toBe(first.commit);
    expect(first).toMatchObject({
      sha256: deb.sha256,
      ref: `apt-ostree/deb/${deb.sha256}/1`,
      name: 'demo',
      version: '1:2.0-1',
      architecture: 'all',
      size: deb.size,
      cached: false,
    });
    expect(await a.repo.readCommit(first.ref)).toMatchObject({
      timestamp: 0,
      subject: 'demo_1:2.0-1_all',
      metadata: { 'apt-ostree.sha256': deb.sha256, 'apt-ostree.package': 'demo' },
    });
  });

  it.each(['xz', 'gzip', 'zstd', 'none'] as const)('has the same tree from %s', async (compression) => {
    await using t = await setup();
    const plain = await importOne(t.repo, (await t.deb(SPEC)).path);
    const other = await importOne(t.repo, (await t.deb({ ...SPEC, compression })).path);
    const { rootChecksum } = await t.repo.readCommit(other.commit);
    expect(rootChecksum).toBe((await t.repo.readCommit(plain.commit)).rootChecksum);
  });

  it('keeps files that are larger than the memory for one', async () => {
    await using t = await setup();
    const big = Buffer.alloc(40 << 20, 'apt-ostree ');
    const deb = await t.deb({
      control: { Package: 'big', 'Installed-Size': '41000' },
      files: 'f /usr/share/big 0644',
      contents: { '/usr/share/big': big },
      compression: 'none',
    });
    const imported = await importOne(t.repo, deb.path);
    expect(imported.bytesWritten).toBeGreaterThan(big.length);
    expect(await t.cli.fsck()).toBeNull();
    const entry = (await t.cli.ls(imported.ref, '/data/usr/share/big'))[0]!;
    expect(entry).toMatchObject({ size: big.length, mode: 0o644 });
  });
});

describe('importing', () => {
  it('writes nothing the second time', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const first = await importOne(t.repo, deb.path);
    for (const sha256 of [null, deb.sha256]) {
      const { imported, stats } = await importAll(t.repo, [{ file: deb.path, sha256 }]);
      expect(imported[0]).toEqual({
        ...first,
        cached: true,
        seconds: imported[0]!.seconds,
        objectsWritten: 0,
        objectsReused: 0,
        bytesWritten: 0,
      });
      expect(stats.objectsWritten).toBe(0);
    }
    expect((await importOne(t.repo, '/nowhere.deb', deb.sha256)).cached).toBe(true);
  });

  it('writes no object that is there already', async () => {
    await using t = await setup();
    const first = await importOne(t.repo, (await t.deb(SPEC)).path);
    const again = await importOne(t.repo, (await t.deb({ ...SPEC, compression: 'gzip' })).path);
    expect(again.objectsWritten).toBe(0);
    expect(again.objectsReused).toBe(first.objectsWritten + first.objectsReused);
  });

  it('refuses a file that is not the expected one, and leaves no ref', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const wrong = 'a'.repeat(64);
    await expect(importOne(t.repo, deb.path, wrong)).rejects.toMatchObject({
      code: 'ERR_DEB_HASH',
      details: { expected: wrong, found: deb.sha256, file: deb.path },
    });
    expect(await t.cli.refs()).toEqual([]);
  });

  it('runs many at the same time in one transaction', async () => {
    await using t = await setup();
    await using alone = await setup();
    const specs = Array.from({ length: 24 }, (_, i) => ({
      control: { Package: `p${i}` },
      files: `
        f /usr/share/doc/p${i}/common 0644 root root the same everywhere
        f /usr/share/doc/p${i}/own 0644 root root ${i}`,
      compression: (['gzip', 'zstd', 'none'] as const)[i % 3]!,
    }));
    const debs = await Promise.all(specs.map(t.deb));
    await using transaction = await t.repo.transaction();
    const files = debs.map((d) => ({ file: d.path, sha256: d.sha256 }));
    const together = await importDebs(t.repo, files, { concurrency: 8 });
    await transaction.commit();
    expect(together.map((d) => d.name)).toEqual(specs.map((s) => s.control.Package));
    const oneByOne = await importAll(alone.repo, files);
    expect(together.map((d) => d.commit)).toEqual(oneByOne.imported.map((d) => d.commit));
    expect(await t.cli.fsck()).toBeNull();
    expect((await t.cli.refs()).length).toBe(24);
  });

  it('loses no other import of the transaction when one fails', async () => {
    await using t = await setup();
    const good = await t.deb(SPEC);
    await writeFile(t.dir.file('bad.deb'), 'not a package');
    await using transaction = await t.repo.transaction();
    const [kept] = await importDebs(t.repo, [{ file: good.path, sha256: good.sha256 }]);
    await expect(importDebs(t.repo, [{ file: t.dir.file('bad.deb'), sha256: null }])).rejects.toMatchObject({
      code: 'ERR_DEB_FORMAT',
      message: expect.stringContaining(`importing ${t.dir.file('bad.deb')}: `),
    });
    await transaction.commit();
    expect(await t.cli.refs()).toEqual([kept!.ref]);
    expect(await t.cli.fsck()).toBeNull();
  });

  it('stops when it is cancelled', async () => {
    await using t = await setup();
    const deb = await t.deb({
      control: { Package: 'big', 'Installed-Size': '200000' },
      files: 'f /usr/share/big 0644',
      contents: { '/usr/share/big': Buffer.alloc(150 << 20) },
      compression: 'gzip',
    });
    const controller = new AbortController();
    await using transaction = await t.repo.transaction();
    const importing = importDebs(t.repo, [{ file: deb.path, sha256: null }], { signal: controller.signal });
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(importing).rejects.toThrow('enough');
    await transaction.commit();
    expect(await t.cli.refs()).toEqual([]);
  });

  it('reports the bytes of all files', async () => {
    await using t = await setup();
    const deb = await t.deb(SPEC);
    const events: number[] = [];
    await using _transaction = await t.repo.transaction();
    await importDebs(t.repo, [{ file: deb.path, sha256: null }], {
      monitor: { progress: (e) => events.push(e.done / e.total), warning: () => {} },
    });
    expect(events[0]).toBe(0);
    expect(events.at(-1)).toBe(1);
  });
});

describe.runIf(await machineHas('root', 'archive'))('packages of the archive', () => {
  // passwd and man-db have setuid, setgid and foreign owners; libc6 aliases; git hardlinks.
  const names = ['passwd', 'man-db', 'libc6', 'git', 'tzdata', 'login', 'base-files'];

  it('have the content that dpkg-deb gives', { timeout: 600_000 }, async () => {
    await using t = await setup();
    await run('apt-get', ['-qq', 'download', ...names], { cwd: t.dir.path });
    const debs = (await run('sh', ['-c', 'ls *.deb'], { cwd: t.dir.path })).trim().split('\n');
    const { imported } = await importAll(
      t.repo,
      debs.map((name) => ({ file: t.dir.file(name), sha256: null })),
    );
    for (const deb of imported) {
      const file = t.dir.file(debs[imported.indexOf(deb)]!);
      const manifest = await manifestOf(t.repo.path, deb.commit);
      const tar = await tarEntries(file);
      const symlinksLast = [...tar.filter((e) => e.type !== 'l'), ...tar.filter((e) => e.type === 'l')];
      expect([...manifestEntries(manifest)].map(toTarEntry)).toEqual(symlinksLast);
      const tree = new Map((await t.cli.ls(deb.commit, '/data')).map((e) => [e.path.slice(5) || '/', e]));
      for (const e of manifestEntries(manifest)) {
        const at = tree.get(canonicalPath(e.path, e.type))!;
        expect({ path: e.path, uid: at.uid, gid: at.gid }).toEqual({ path: e.path, uid: e.uid, gid: e.gid });
        if (e.type !== 'l' && e.path !== '/lib') expect(at.mode).toBe(e.mode);
      }
      await compareBytes(t, file, deb.commit);
    }
    expect(await t.cli.fsck()).toBeNull();
  });

  interface TarEntry {
    type: string;
    mode: number;
    owner: string;
    path: string;
    target: string;
  }

  const toTarEntry = (
    e: ReturnType<typeof manifestEntries> extends Generator<infer E> ? E : never,
  ): TarEntry => ({
    type: e.type,
    mode: e.mode,
    owner: `${e.uname}/${e.gname}`,
    path: e.path,
    target: e.target,
  });

  async function tarEntries(file: string): Promise<TarEntry[]> {
    const script = 'dpkg-deb --fsys-tarfile "$1" | tar -tv --quoting-style=literal';
    const text = await run('sh', ['-c', script, 'sh', file]);
    return text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, kind, rights, owner, name] = /^(.)(\S{9}) (\S+) +\d+ \S+ \S+ (.*)$/.exec(line)!;
        const type = { '-': 'f', d: 'd', l: 'l', h: 'h' }[kind!]!;
        const [path, target = ''] = name!.split(type === 'h' ? ' link to ' : ' -> ');
        const clean = (text: string) => `/${text.replace(/^\.\//, '').replace(/\/$/, '')}`;
        const mode = type === 'l' ? 0o777 : modeOf(rights!);
        return {
          type,
          mode,
          owner: owner!,
          path: path === './' ? '/.' : clean(path!),
          target: type === 'h' ? clean(target) : target,
        };
      });
  }

  function modeOf(rights: string): number {
    let mode = 0;
    for (let i = 0; i < 9; i++) if (!'-ST'.includes(rights[i]!)) mode |= 1 << (8 - i);
    if ('sS'.includes(rights[2]!)) mode |= 0o4000;
    if ('sS'.includes(rights[5]!)) mode |= 0o2000;
    if ('tT'.includes(rights[8]!)) mode |= 0o1000;
    return mode;
  }

  async function compareBytes(t: Awaited<ReturnType<typeof setup>>, file: string, commit: string) {
    await run('rm', ['-rf', t.dir.file('a'), t.dir.file('b')]);
    await run('dpkg-deb', ['-x', file, t.dir.file('a')]);
    await t.cli.run('checkout', '--subpath=/data', commit, t.dir.file('b'));
    // The same merge of /usr that the import made.
    const merge =
      'for d in bin sbin lib lib32 lib64 libx32; do [ ! -d "a/$d" ] || [ -L "a/$d" ] || { mkdir -p "a/usr/$d" && cp -a "a/$d/." "a/usr/$d/" && rm -r "a/$d"; }; done';
    await run('sh', ['-ec', merge], { cwd: t.dir.path });
    await run('diff', ['-r', '--no-dereference', 'a', 'b'], { cwd: t.dir.path });
    const control = await run('dpkg-deb', ['-I', file, 'control']);
    expect((await manifestOf(t.repo.path, commit)).control).toBe(control);
  }
});
