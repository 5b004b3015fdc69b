import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DependencyConstraint,
  formatDependencies,
  parseDependencies,
} from '../../lib/resolution/constraint.ts';
import { execute } from '../helpers/run.ts';

const letters = (...chars: string[]) => fc.constantFrom(...chars);
const name = fc
  .tuple(
    letters('a', 'z', '0'),
    fc.string({ unit: letters('a', 'b', '1', '+', '-', '.'), minLength: 1, maxLength: 6 }),
  )
  .map(([first, rest]) => first + rest);
const upstream = fc
  .tuple(
    letters('0', '1', '9'),
    fc.string({ unit: letters('0', '1', '9', 'a', 'Z', '.', '+', '~'), maxLength: 6 }),
  )
  .map((parts) => parts.join(''));
const version = fc
  .tuple(fc.option(fc.nat(3), { nil: null }), upstream, fc.option(upstream, { nil: null }))
  .map(
    ([epoch, main, revision]) =>
      `${epoch === null ? '' : `${epoch}:`}${main}${revision === null ? '' : `-${revision}`}`,
  );
const operator = letters('<<', '<=', '=', '>=', '>>');
const constraint = fc
  .record({
    name,
    qualifier: fc.option(letters('any', 'native', 'amd64'), { nil: '' }),
    bound: fc.option(fc.tuple(operator, version), { nil: null }),
    architectures: letters('', ' [amd64 i386]', ' [!arm64]', ' [linux-any]'),
    profiles: letters('', ' <!nocheck>', ' <cross !stage1> <stage2>'),
  })
  .map(({ name, qualifier, bound, architectures, profiles }) => {
    const target = qualifier === '' ? name : `${name}:${qualifier}`;
    return target + (bound === null ? '' : ` (${bound[0]} ${bound[1]})`) + architectures + profiles;
  });

describe('DependencyConstraint', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(constraint, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
        (groups) => {
          const field = groups.map((group) => group.join(' | ')).join(', ');
          const parsed = parseDependencies(field);
          expect(formatDependencies(parsed)).toBe(field);
          expect(parsed.map((group) => group.length)).toEqual(groups.map((group) => group.length));
        },
      ),
    );
  });

  it('does not care for blanks', () => {
    const tight = parseDependencies('a(>=1)|b:any(<<2)[amd64]<!x>,c');
    expect(formatDependencies(tight)).toBe('a (>= 1) | b:any (<< 2) [amd64] <!x>, c');
    expect(formatDependencies(parseDependencies('\n a ( >=  1 ) ,\n c , '))).toBe('a (>= 1), c');
  });

  it('is satisfied by what dpkg says', async () => {
    await fc.assert(
      fc.asyncProperty(version, operator, version, async (have, op, bound) => {
        const { code } = await execute('dpkg', ['--compare-versions', have, op, bound], { ok: [0, 1] });
        expect(new DependencyConstraint(`p (${op} ${bound})`).satisfiedBy(have)).toBe(code === 0);
      }),
      { numRuns: 150 },
    );
  });

  it('reads the obsolete operators as dpkg does', () => {
    expect(new DependencyConstraint('p (< 1)').operator).toBe('<=');
    expect(new DependencyConstraint('p (> 1)').operator).toBe('>=');
  });

  it.each([
    ['p [amd64]', 'amd64', true],
    ['p [amd64]', 'arm64', false],
    ['p [!amd64 !i386]', 'amd64', false],
    ['p [!amd64 !i386]', 'arm64', true],
    ['p [linux-any]', 'riscv64', true],
    ['p [any-amd64]', 'kfreebsd-amd64', true],
    ['p [kfreebsd-any]', 'amd64', false],
  ])('%s counts on %s: %s', (text, architecture, expected) => {
    expect(new DependencyConstraint(text).appliesTo({ architecture })).toBe(expected);
  });

  it('obeys build profiles: one group, all of its terms', () => {
    const applies = (text: string, profiles: string[]) =>
      new DependencyConstraint(text).appliesTo({ architecture: 'amd64', profiles });
    expect(applies('p <!nocheck>', [])).toBe(true);
    expect(applies('p <!nocheck>', ['nocheck'])).toBe(false);
    expect(applies('p <cross !stage1> <stage2>', ['cross'])).toBe(true);
    expect(applies('p <cross !stage1> <stage2>', ['cross', 'stage1'])).toBe(false);
    expect(applies('p <cross !stage1> <stage2>', ['stage2', 'stage1'])).toBe(true);
  });

  it.each(['', 'a b', 'a (1)', 'a (>= 1', '(>= 1)', 'a:', 'a [amd64 !i386]', 'a (>= )', '-a'])(
    'refuses "%s"',
    (text) => {
      expect(() => new DependencyConstraint(text)).toThrow(
        expect.objectContaining({ code: 'ERR_DEB_CONTROL' }),
      );
    },
  );
});
