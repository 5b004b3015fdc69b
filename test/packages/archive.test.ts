import { describe, expect, it } from 'vitest';
import { readManifest } from '../../lib/packages/manifest.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { canonicalPath, type ManifestEntry, manifestEntries } from './manifest-rows.ts';
import { importAll, setup } from './setup.ts';

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
      const manifest = await readManifest(t.repo, deb.commit);
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

  const toTarEntry = (e: ManifestEntry): TarEntry => ({
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
    expect((await readManifest(t.repo, commit)).control).toBe(control);
  }
});
