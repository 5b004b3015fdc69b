import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { tempDir } from '../helpers/temp.ts';
import { readTable, writeTable } from './document-table.ts';
import type { Result } from './oracle.ts';
import { randomNumbers } from './random.ts';
import { baseOf, findSet, type PackageSet, readSets } from './sets.ts';
import { setsTable } from './sets-table.ts';

it('draws the same numbers for the same seed, spread over the whole range', () => {
  const draw = (seed: number) => Array.from({ length: 1000 }, randomNumbers(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  const tenths = new Set(draw(7).map((value) => Math.floor(value * 10)));
  expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('knows a base for every layer, of the same release unless it says another', async () => {
  const sets = await readSets();
  expect(new Set(sets.map(({ name }) => name)).size).toBe(sets.length);
  for (const set of sets) {
    const base = baseOf(sets, set);
    if (set.kind === 'compose') expect(base).toBeNull();
    else expect(base!.suite).toBe(set.baseSuite ?? set.suite ?? 'bookworm');
  }
  expect(() => findSet(sets, 'nothing')).toThrow('no set is called nothing');
});

it('writes a row for each set into its place in a document', async () => {
  await using dir = await tempDir('table');
  const place = { document: dir.file('page.md'), name: 'sets' };
  await writeFile(place.document, 'before\n<!-- sets: begin -->\nold\n<!-- sets: end -->\nafter\n');
  const set: PackageSet = {
    name: 'web',
    kind: 'layer',
    packages: ['nginx'],
    suite: 'trixie',
    base: 'netbase',
  };
  const result = {
    set: 'web',
    packages: 119,
    paths: 7613,
    differences: [{ path: '/a', kind: 'mode', detail: '' }],
    complaints: ['one'],
    excused: [],
    seconds: { ours: 1, dpkg: 2 },
    roots: { ours: '', dpkg: '' },
  } satisfies Result;
  const table = setsTable([result], [set]);
  expect(table.split('\n').at(-1)).toBe('| web | nginx, trixie, on netbase | 119 | 7,613 | 2 | 0 |');
  await writeTable(place, table);
  expect(await readTable(place)).toBe(table);
  expect(await readFile(place.document, 'utf8')).toMatch(/^before\n<!--[\s\S]*-->\nafter\n$/);
  await expect(readTable({ ...place, name: 'other' })).rejects.toThrow('no lines <!-- other: begin -->');
});
