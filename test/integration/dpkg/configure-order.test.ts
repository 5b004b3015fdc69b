import { describe, test } from 'vitest';
import { machineHas } from '../../helpers/root.ts';
import { bothDo, pending } from './both.ts';

describe.runIf(await machineHas('root'))('the order of configuring as real dpkg', () => {
  const names = 'alpha beta gamma delta epsilon zeta eta theta iota kappa'.split(' ');

  test('by hash and dependencies', () =>
    bothDo([
      {
        unpack: names.map((name, index) => ({
          is: `${name} 1`,
          fields: index % 3 === 0 ? { Depends: `${names[(index + 4) % names.length]}` } : {},
        })),
      },
      pending,
    ]));

  test('by cutting cycles, best where there is no postinst', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', fields: { Depends: 'b' } },
          { is: 'b 1', fields: { Depends: 'c' }, scripts: [] },
          { is: 'c 1', fields: { 'Pre-Depends': 'd | nothing', Depends: 'a' } },
          { is: 'd 1', fields: { Provides: 'virtual (= 1)' } },
          { is: 'e 1', fields: { Depends: 'virtual (>= 1), f' } },
          { is: 'f 1', fields: { Depends: 'e' } },
        ].filter(({ is }) => is !== 'c 1'),
      },
      { unpack: [{ is: 'c 1', fields: { Depends: 'a, d' } }] },
      pending,
    ]));

  test('of what depends on packages that are not there, by force', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', fields: { Depends: 'nothing' } },
          { is: 'b 1', fields: { Depends: 'a' } },
          { is: 'c 1' },
          { is: 'd 1', fields: { Depends: 'e (>= 2), b' } },
          { is: 'e 1', triggers: ['activate t'] },
        ],
      },
      { configure: 'pending', force: true },
    ]));

  test('and says why there is none', () =>
    bothDo([
      {
        unpack: [
          { is: 'a 1', fields: { Depends: 'nothing | other (>= 1), c:any' } },
          { is: 'b 1', fields: { Depends: 'a' } },
          { is: 'c 1' },
          { is: 'd 1', fields: { 'Pre-Depends': 'virtual (>= 2)' } },
          { is: 'e 1', fields: { Provides: 'virtual (= 1), broken', Depends: 'c (<< 1) | d' } },
          { is: 'f 1', fields: { Breaks: 'broken' } },
        ].filter(({ is }) => is !== 'd 1'),
      },
      { stuck: 'pending' },
    ]));

  test('in the order given', () =>
    bothDo([
      { unpack: names.map((name) => ({ is: `${name} 1` })) },
      { configure: ['zeta', 'alpha', 'iota'], triggers: false },
      pending,
    ]));
});
