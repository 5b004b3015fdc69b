import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globToRegExp, PathFilter } from '../../lib/dpkg/path-filter.ts';

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
