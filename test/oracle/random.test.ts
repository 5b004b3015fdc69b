import { expect, it } from 'vitest';
import { randomNumbers } from './random.ts';
import { baseOf, findSet, readSets } from './sets.ts';

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
