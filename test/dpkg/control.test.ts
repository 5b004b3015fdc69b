import { expect, test } from 'vitest';
import { fieldValue, parseStanza, parseStanzas, serializeStanza } from '../../lib/dpkg/control.ts';

const options = { source: 'control' };

test('keeps values verbatim, with inner trailing blanks', () => {
  const text = 'Package: a\nDescription: short  \n long  \n .\n\tend \nTag:\n one,\n two\nEmpty:\n';
  const stanza = parseStanza(text, options);
  expect(stanza).toEqual([
    ['Package', 'a'],
    ['Description', 'short  \n long  \n .\n\tend'],
    ['Tag', '\n one,\n two'],
    ['Empty', ''],
  ]);
  expect(serializeStanza(stanza)).toBe(
    'Package: a\nDescription: short  \n long  \n .\n\tend\nTag: \n one,\n two\nEmpty: \n',
  );
  expect(fieldValue(stanza, 'package')).toBe('a');
});

test('reads many stanzas between any number of empty lines', () => {
  expect(parseStanzas('\n\nA: 1\n\n\nB :  2 \n\n', options)).toEqual([[['A', '1']], [['B', '2']]]);
  expect(parseStanzas('', options)).toEqual([]);
});

test.each([
  ['A: 1\na: 2\n', 'control:3: duplicate'],
  ['A: 1', 'missing final newline'],
  ['A: 1\n \n b\n', 'blank line in value'],
  ['A\n', 'must be followed by colon'],
  [': 1\n', 'empty field name'],
  ['-A: 1\n', 'cannot start with hyphen'],
])('refuses %j', (text, reason) => {
  expect(() => parseStanzas(text, options)).toThrow(reason);
});

test('wants exactly one stanza in a control file', () => {
  expect(() => parseStanza('\n', options)).toThrow('no package information');
  expect(() => parseStanza('A: 1\n\nB: 2\n', options)).toThrow('several stanzas');
});
