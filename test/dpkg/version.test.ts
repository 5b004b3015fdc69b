import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions, formatVersion, parseVersion, versionSatisfies } from '../../lib/dpkg/version.ts';

const ascending = [
  ['1.0~rc1', '1.0-0~1', '1.0', '1.0-1', '1.0-1+b1', '1.0-1.1', '1.0+git', '1.0.1', '1.10', '1:0.1'],
  ['0~~', '0~~a', '0~', '0', '0a', '0+', '00.1'],
  ['9'.repeat(40), '1' + '0'.repeat(40)],
];

test.each(ascending)('orders %s and what follows', (...versions) => {
  for (const [index, version] of versions.entries())
    for (const [other, bound] of versions.entries())
      expect(Math.sign(compareVersions(version, bound)), `${version} ${bound}`).toBe(
        Math.sign(index - other),
      );
});

const part = fc.array(fc.constantFrom('0', '1', '9', '10', 'a', 'Z', '.', '+', '~', '00'), { maxLength: 6 });
const version = fc
  .tuple(fc.constantFrom('', '0:', '1:'), fc.constantFrom('0', '1', '12'), part, fc.option(part))
  .map(([epoch, digit, rest, revision]) => {
    const tail = revision === null || revision.length === 0 ? '' : `-${revision.join('')}`;
    return `${epoch}${digit}${rest.join('')}${tail}`;
  });

test('agrees with dpkg --compare-versions', () => {
  const pairs = fc.sample(fc.tuple(version, version), 300);
  const script =
    'while read -r a b; do for op in lt eq gt; do dpkg --compare-versions "$a" $op "$b" && echo $op; done; done; true';
  const input = pairs.map((pair) => pair.join(' ')).join('\n') + '\n';
  const answers = execFileSync('sh', ['-c', script], { input, encoding: 'utf8' }).trim().split('\n');
  const ours = pairs.map(([a, b]) => ['lt', 'eq', 'gt'][Math.sign(compareVersions(a, b)) + 1]);
  expect(ours).toEqual(answers);
});

test('writes versions as dpkg does', () => {
  const written = ['0:1.0', '1:2.0-3', '2-3-4', '0:1:2'].map((text) => formatVersion(parseVersion(text)));
  expect(written).toEqual(['1.0', '1:2.0-3', '2-3-4', '0:1:2']);
});

test.each([
  ['', 'version string is empty'],
  ['1 2', 'embedded spaces'],
  [':1', 'epoch in version is empty'],
  ['a:1', 'epoch in version is not number'],
  ['-1:1', 'epoch in version is negative'],
  ['9999999999:1', 'epoch in version is too big'],
  ['1:', 'nothing after colon'],
  ['1-', 'revision number is empty'],
  ['-1', 'version number is empty'],
  ['a1', 'does not start with digit'],
  ['1_2', 'invalid character in version number'],
  ['1-2_3', 'invalid character in revision number'],
])('refuses %j: %s', (text, reason) => {
  expect(() => parseVersion(text)).toThrow(reason);
});

test('relates versions by every operator', () => {
  expect(versionSatisfies('1', '<<', '2')).toBe(true);
  expect(versionSatisfies('2', '<=', '2')).toBe(true);
  expect(versionSatisfies('0:2', '=', '2')).toBe(true);
  expect(versionSatisfies('2', '>=', '3')).toBe(false);
  expect(versionSatisfies('2', '>>', '2')).toBe(false);
});
