import { expect, it } from 'vitest';
import { CHAINS } from './chains.ts';
import { chosenFor } from './chosen.ts';
import { readSets } from './sets.ts';

const always = ['minbase', 'server', 'standard', 'ssh-nginx'];

it('checks four sets always and three others by the day of the year', () => {
  const others = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const names = [...others, ...always];
  expect(chosenFor(new Date('2026-01-01T00:00:00Z'), names)).toEqual([...always, 'd', 'e', 'f']);
  expect(chosenFor(new Date('2026-01-01T23:59:59Z'), names)).toEqual([...always, 'd', 'e', 'f']);
  expect(chosenFor(new Date('2026-01-02T00:00:00Z'), names)).toEqual([...always, 'g', 'a', 'b']);
});

it('comes to every set and chain within two weeks', async () => {
  const names = [...(await readSets()), ...CHAINS].map(({ name }) => name);
  const days = Array.from({ length: 14 }, (_, i) => new Date(Date.UTC(2026, 5, 1 + i)));
  const seen = new Set(days.flatMap((day) => chosenFor(day, names)));
  expect([...seen].sort()).toEqual([...names].sort());
});
