import { expect, test } from 'vitest';
import { parseRelations, serializeRelations } from '../../lib/dpkg/relation.ts';

const depends = { field: 'Depends' };

test('reads and writes every form', () => {
  const value = 'a(>=1)|b  ,\n c:any, d ( << 0:2~ ) , e (<1), f (> 1), g (1), h:i386 (= 1:2-3), Upper';
  const written = serializeRelations(parseRelations(value, depends));
  expect(written).toBe(
    'a (>= 1) | b, c:any, d (<< 2~), e (<= 1), f (>= 1), g (= 1), h:i386 (= 1:2-3), upper',
  );
  expect(serializeRelations(parseRelations(written, depends))).toBe(written);
});

test('names the parts', () => {
  expect(parseRelations('a:any (<< 1) | b', depends)).toEqual([
    [
      { name: 'a', qualifier: 'any', operator: '<<', version: '1' },
      { name: 'b', qualifier: null, operator: null, version: null },
    ],
  ]);
  expect(parseRelations('', depends)).toEqual([]);
});

test.each([
  ['a,', "syntax error in ''"],
  ['a (>= 1', 'syntax error'],
  ['a (<> 1)', 'syntax error'],
  ['a [amd64]', 'syntax error'],
  ['_a', 'invalid package name'],
  ['a:', 'invalid architecture name'],
  ['a (= x)', 'does not start with digit'],
])('refuses %j', (value, reason) => {
  expect(() => parseRelations(value, depends)).toThrow(reason);
});

test('refuses alternatives where one package must be meant', () => {
  expect(() => parseRelations('a | b', { field: 'Breaks' })).toThrow("alternatives ('|') not allowed");
});
