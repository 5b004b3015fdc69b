import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configuredPatterns, isConfigurationFile } from '../../lib/dpkg/path-configuration.ts';
import { globToRegExp, PathFilter } from '../../lib/dpkg/path-filter.ts';
import { makeDeb } from '../helpers/deb.ts';
import { requireRoot } from '../helpers/root.ts';
import { execute } from '../helpers/run.ts';
import { tempDir } from '../helpers/temp.ts';

test('globs as the shell does, whose patterns are those of fnmatch', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '/',
    '.',
    '*',
    '?',
    '[ab]',
    '[!a]',
    '[a-c]',
    '[]x]',
    '\\*',
    '[',
    '[[:digit:]]',
    '+',
    '(',
  );
  const glob = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '/', '.', ']', 'x', '*', '[', '1', '+', '('), {
    maxLength: 5,
  });
  const pairs = fc.sample(
    fc.tuple(
      glob,
      text.map((chars) => chars.join('')),
    ),
    2000,
  );
  const script =
    'while IFS= read -r glob && IFS= read -r text; do case $text in $glob) echo y;; *) echo n;; esac; done';
  const input = pairs.map((pair) => `${pair.join('\n')}\n`).join('');
  const answers = execFileSync('bash', ['--norc', '-c', script], {
    input,
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  });
  const expected = answers.trim().split('\n');
  const wrong = pairs.filter(
    ([one, other], index) => globToRegExp(one).test(other) !== (expected[index] === 'y'),
  );
  expect(wrong).toEqual([]);
});

const filter = new PathFilter([
  { pattern: '/usr/share/doc/*', include: false },
  { pattern: '/usr/share/doc/*/copyright', include: true },
  { pattern: '/usr/share/locale/*', include: false },
  { pattern: '/usr/share/locale/de*', include: true },
  { pattern: '/usr/share/locale/de/LC_MESSAGES/x.mo', include: false },
]);

test.each([
  ['/usr/bin/a', 'file', false],
  ['/usr/share/doc/a/README', 'file', true],
  ['/usr/share/doc/a/copyright', 'file', false],
  ['/usr/share/doc/a', 'dir', false],
  ['/usr/share/locale/fr', 'dir', true],
  ['/usr/share/locale/fr/LC_MESSAGES/a.mo', 'file', true],
  ['/usr/share/locale/de/LC_MESSAGES/a.mo', 'file', false],
  ['/usr/share/locale/de/LC_MESSAGES/x.mo', 'file', true],
] as const)('%s as a %s is excluded: %s', (path, type, expected) => {
  expect(filter.excludes(path, type)).toBe(expected);
});

test('excludes nothing without patterns', () => {
  expect(new PathFilter([]).excludes('/usr/share/doc/a', 'file')).toBe(false);
});

const CONFIGURATION: Record<string, string> = {
  '10-exclude': '# path-exclude=/a/comment\npath-exclude=/a/*\npath-exclude "/b/*"  \n',
  '20_include': "path-include\t'/a/keep*'\nforce-unsafe-io\n",
  '30.ignored': 'path-exclude=/c/*\n',
};
const PATHS = ['/a/gone', '/a/keep', '/a/comment', '/b/gone', '/c/there'];

test('reads configuration files as dpkg does', async () => {
  await requireRoot();
  await using dir = await tempDir('dpkg-configuration');
  for (const name of ['cfg', 'root/var/lib/dpkg/info', 'root/var/lib/dpkg/updates'])
    await mkdir(dir.file(name), { recursive: true });
  await writeFile(dir.file('root/var/lib/dpkg/status'), '');
  for (const [name, text] of Object.entries(CONFIGURATION)) await writeFile(dir.file('cfg', name), text);
  const files = PATHS.map((path) => `f ${path} 0644 root root x`).join('\n');
  const deb = await makeDeb(dir.path, { control: { Package: 'paths' }, files });
  const script = 'mount --bind "$1" /etc/dpkg/dpkg.cfg.d && exec dpkg --root="$2" --unpack "$3"';
  const args = ['-m', 'sh', '-c', script, 'sh', dir.file('cfg'), dir.file('root'), deb.path];
  await execute('unshare', args, { env: { DPKG_FRONTEND_LOCKED: '1' } });
  const there = PATHS.filter((path) => existsSync(dir.file('root', path)));

  const names = Object.keys(CONFIGURATION).filter(isConfigurationFile);
  const configured = new PathFilter(configuredPatterns(names.map((name) => CONFIGURATION[name]!)));
  expect(PATHS.filter((path) => !configured.excludes(path, 'file'))).toEqual(there);
  expect(there).toEqual(['/a/keep', '/c/there']);
});
