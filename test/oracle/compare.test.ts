import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, link, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { machineHas } from '../helpers/root.ts';
import { tempDir } from '../helpers/temp.ts';
import { type Allowed, judge, pattern, readAllowed } from './allowed.ts';
import { compareSnapshots } from './compare.ts';
import { equalUnder } from './rules.ts';
import { takeSnapshot } from './snapshot.ts';

const run = promisify(execFile);

async function plant(root: string): Promise<void> {
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  await mkdir(join(root, 'var'));
  await writeFile(join(root, 'usr/bin/tool'), 'content of a tool\n', { mode: 0o755 });
  await link(join(root, 'usr/bin/tool'), join(root, 'usr/bin/alias'));
  await writeFile(join(root, 'usr/bin/other'), 'other\n');
  await symlink('tool', join(root, 'usr/bin/link'));
  await run('mkfifo', [join(root, 'var/pipe')]);
}

/** The differences between a planted tree and another on which `change` was done. */
async function after(change: (root: string) => Promise<unknown>) {
  await using dir = await tempDir('compare');
  for (const name of ['reference', 'ours']) await plant(dir.file(name));
  await change(dir.file('ours'));
  const [reference, ours] = [await takeSnapshot(dir.file('reference')), await takeSnapshot(dir.file('ours'))];
  return compareSnapshots(reference, ours).map(({ path, kind }) => `${kind} ${path}`);
}

describe.runIf(await machineHas('root'))('comparison of trees', () => {
  it('finds nothing in equal trees, whatever their times', async () => {
    expect(await after((root) => utimes(join(root, 'usr/bin/tool'), 0, 0))).toEqual([]);
  });

  it('finds a changed mode, also of the root', async () => {
    expect(await after((root) => chmod(join(root, 'usr/bin/other'), 0o4644))).toEqual([
      'mode /usr/bin/other',
    ]);
    expect(await after((root) => chmod(root, 0o700))).toEqual(['mode /']);
  });

  it('finds another owner or group, also of a link', async () => {
    expect(await after((root) => chown(join(root, 'var'), 1, 0))).toEqual(['owner /var']);
    expect(await after((root) => run('chown', ['-h', '0:2', join(root, 'usr/bin/link')]))).toEqual([
      'owner /usr/bin/link',
    ]);
  });

  it('finds one other byte', async () => {
    expect(await after((root) => writeFile(join(root, 'usr/bin/other'), 'othes\n'))).toEqual([
      'content /usr/bin/other',
    ]);
  });

  it('finds a missing link, another target, another type and an extra path', async () => {
    const replaced = (how?: (path: string) => Promise<unknown>) =>
      after(async (root) => {
        const path = join(root, 'usr/bin/link');
        await rm(path);
        await how?.(path);
      });
    expect(await replaced()).toEqual(['missing /usr/bin/link']);
    expect(await replaced((path) => symlink('x', path))).toEqual(['target /usr/bin/link']);
    expect(await replaced((path) => mkdir(path))).toEqual(['type /usr/bin/link']);
    expect(await after((root) => mkdir(join(root, 'srv')))).toEqual(['extra /srv']);
  });

  it('finds one capability and one ACL', async () => {
    expect(await after((root) => run('setcap', ['cap_net_raw+ep', join(root, 'usr/bin/other')]))).toEqual([
      'xattr /usr/bin/other',
    ]);
    const acl = (root: string) => run('setfacl', ['-d', '-m', 'g:adm:r-x', join(root, 'var')]);
    expect(await after(acl)).toEqual(['xattr /var']);
  });

  it('finds a hardlink that became a copy, and a copy that became a hardlink', async () => {
    const names = (root: string) => [join(root, 'usr/bin/tool'), join(root, 'usr/bin/alias')] as const;
    const split = async (root: string) => {
      const [tool, alias] = names(root);
      await rm(alias);
      await copyFile(tool, alias);
    };
    expect(await after(split)).toEqual(['links /usr/bin/alias', 'links /usr/bin/tool']);
    const join3 = async (root: string) => {
      await rm(join(root, 'usr/bin/other'));
      await link(names(root)[0], join(root, 'usr/bin/other'));
    };
    expect((await after(join3)).filter((found) => found.startsWith('links'))).toHaveLength(3);
  });

  it('does not read a tree that is not there', async () => {
    await expect(takeSnapshot('/nonexistent/root')).rejects.toThrow('snapshot of /nonexistent/root failed');
  });
});

describe('the table of what may differ', () => {
  const row = (path: string, extra: Partial<Allowed> = {}): Allowed => ({
    path,
    kinds: ['content'],
    reason: 'test',
    instead: 'test',
    ...extra,
  });

  it('matches whole paths only, and names part by part', () => {
    expect(pattern('/etc/*-').test('/etc/passwd-')).toBe(true);
    expect(pattern('/etc/*-').test('/etc/x/passwd-')).toBe(false);
    expect(pattern('/**/x.pyc').test('/usr/lib/x.pyc')).toBe(true);
    expect(pattern('/usr/**/*.pyc').test('/usr/x.pyc')).toBe(true);
    expect(pattern('/run/**').test('/run/a/b')).toBe(true);
    expect(pattern('/run/**').test('/running')).toBe(false);
    expect(pattern('/run/**').test('/run')).toBe(false);
    expect(pattern('/a.b').test('/aXb')).toBe(false);
  });

  it('hides the kinds that a row says and no other', async () => {
    const snapshot = { root: '/', entries: new Map() };
    const found = [
      { path: '/etc/key', kind: 'content', detail: '' },
      { path: '/etc/key', kind: 'mode', detail: '' },
      { path: '/etc/keys', kind: 'content', detail: '' },
    ] as const;
    const verdict = await judge([...found], [row('/etc/key')], [snapshot, snapshot]);
    expect(verdict.excused.map(({ difference }) => difference)).toEqual([found[0]]);
    expect(verdict.differences).toEqual([found[1], found[2]]);
  });

  it('hides under a rule only what is equal under it', async () => {
    await using dir = await tempDir('rules');
    const pyc = (time: number, code: string) => {
      const header = Buffer.alloc(16);
      header.writeUInt32LE(0x0d0d_0ca7, 0);
      header.writeUInt32LE(time, 8);
      return Buffer.concat([header, Buffer.from(code)]);
    };
    await mkdir(dir.file('a'));
    await mkdir(dir.file('b'));
    await writeFile(dir.file('a/time.pyc'), pyc(1_700_000_000, 'code'));
    await writeFile(dir.file('b/time.pyc'), pyc(0, 'code'));
    await writeFile(dir.file('a/code.pyc'), pyc(1_700_000_000, 'code'));
    await writeFile(dir.file('b/code.pyc'), pyc(0, 'cade'));
    const trees = [await takeSnapshot(dir.file('a')), await takeSnapshot(dir.file('b'))] as const;
    const table = [row('/**/*.pyc', { rule: 'pyc-source-time' })];
    const verdict = await judge(compareSnapshots(...trees), table, [...trees]);
    expect(verdict.differences.map(({ path }) => path)).toEqual(['/code.pyc']);
    expect(verdict.excused.map(({ difference }) => difference.path)).toEqual(['/time.pyc']);
  });

  it('takes binary XML as equal when only the order of its strings differs', async () => {
    await using dir = await tempDir('xmlb');
    const xmlb = (guid: number, ...strings: string[]) => {
      const header = Buffer.alloc(0x30);
      header.write('XMLb', 0, 'latin1');
      header[8] = guid;
      header.writeUInt32LE(header.length, 0x1c);
      return Buffer.concat([header, Buffer.from(strings.map((text) => `${text}\0`).join(''))]);
    };
    await writeFile(dir.file('one'), xmlb(1, 'first', 'second'));
    await writeFile(dir.file('turned'), xmlb(1, 'second', 'first'));
    await writeFile(dir.file('guid'), xmlb(2, 'first', 'second'));
    await writeFile(dir.file('text'), xmlb(1, 'first', 'secund'));
    const equal = (name: string) => equalUnder('xmlb-order', dir.file('one'), dir.file(name));
    expect(await equal('turned')).toBe(true);
    expect(await equal('guid')).toBe(false);
    expect(await equal('text')).toBe(false);
  });

  it("takes Haskell's package database as equal when only the order of its packages differs", async () => {
    await using dir = await tempDir('ghc');
    const sized = (text: string) => {
      const size = Buffer.alloc(8);
      size.writeBigUInt64BE(BigInt(text.length));
      return Buffer.concat([size, Buffer.from(text)]);
    };
    const database = (...packages: [name: string, text: string][]) => {
      const compilers = Buffer.concat(
        packages.flatMap(([name, text]) => [sized(`${name}-1.0-abc`), sized(name), sized(text)]),
      );
      const size = Buffer.alloc(8);
      size.writeBigUInt64BE(BigInt(compilers.length));
      const tools = packages.flatMap(([name, text]) => [sized(name), Buffer.alloc(3), sized(text)]);
      return Buffer.concat([Buffer.from('\0ghcpkg\0'), Buffer.alloc(8), size, compilers, ...tools]);
    };
    await writeFile(dir.file('one'), database(['html', 'first'], ['stm', 'second'], ['text', 'third']));
    await writeFile(dir.file('turned'), database(['stm', 'second'], ['text', 'third'], ['html', 'first']));
    await writeFile(dir.file('text'), database(['html', 'first'], ['stm', 'secund'], ['text', 'third']));
    await writeFile(dir.file('mixed'), database(['html', 'second'], ['stm', 'first'], ['text', 'third']));
    const equal = (name: string) => equalUnder('ghc-order', dir.file('one'), dir.file(name));
    expect(await equal('turned')).toBe(true);
    expect(await equal('text')).toBe(false);
    expect(await equal('mixed')).toBe(false);
  });

  it('takes a text as equal when only a date in it differs', async () => {
    await using dir = await tempDir('dates');
    const text = (date: string, value: string) => `# generated on ${date}\nvalue=${value}\n`;
    await writeFile(dir.file('one'), text('Mon Nov 23 08:29:47 UTC 2026', 'a'));
    await writeFile(dir.file('later'), text('Tue Nov  3 18:00:00 UTC 2026', 'a'));
    await writeFile(dir.file('value'), text('Mon Nov 23 08:29:47 UTC 2026', 'b'));
    expect(await equalUnder('dates', dir.file('one'), dir.file('later'))).toBe(true);
    expect(await equalUnder('dates', dir.file('one'), dir.file('value'))).toBe(false);
  });

  it('lets ours be empty where the image must not have the content, and nothing else', async () => {
    await using dir = await tempDir('emptied');
    for (const name of ['reference', 'empty', 'other']) await mkdir(dir.file(name));
    await writeFile(dir.file('reference/log'), 'line');
    await writeFile(dir.file('empty/log'), '');
    await writeFile(dir.file('other/log'), 'x');
    const table = [row('/log', { rule: 'emptied' })];
    const found = async (name: string) => {
      const trees = [await takeSnapshot(dir.file('reference')), await takeSnapshot(dir.file(name))] as const;
      return (await judge(compareSnapshots(...trees), table, [...trees])).differences;
    };
    expect(await found('empty')).toEqual([]);
    expect(await found('other')).toHaveLength(1);
  });

  it('gives a reason and a replacement in each row', async () => {
    const table = await readAllowed();
    expect(table.length).toBeGreaterThan(0);
    for (const { path, kinds, reason, instead } of table) {
      expect(path, path).toMatch(/^\/[^*]/);
      expect(kinds.length, path).toBeGreaterThan(0);
      expect(reason.length, path).toBeGreaterThan(5);
      expect(instead.length, path).toBeGreaterThan(5);
    }
  });
});
