import type { Result } from './oracle.ts';
import { DEFAULT_SUITE, type PackageSet } from './sets.ts';

/** Packages that a row names; a longer list is told by the set's name. */
const NAMED = 4;

const number = (value: number) => value.toLocaleString('en-US');

function about(set: PackageSet | undefined): string {
  if (!set) return '';
  const { packages, suite, baseSuite, base, recommends, releaseOnly } = set;
  const facts = [
    packages.length <= NAMED ? packages.join(' ') : '',
    baseSuite ? `${baseSuite} to ${suite}` : suite && suite !== DEFAULT_SUITE ? suite : '',
    recommends ? 'with Recommends' : '',
    releaseOnly ? 'without updates' : '',
    base ? `on ${base}` : '',
  ];
  return facts.filter(Boolean).join(', ');
}

/** A row for each set, as a document shows it. Each transaction of a chain has one of its own. */
export function setsTable(results: readonly Result[], sets: readonly PackageSet[]): string {
  return [
    '| set | of | packages | paths | differences | allowed |',
    '|---|---|---|---|---|---|',
    ...results.map(({ set, packages, paths, differences, complaints, excused }) => {
      const counts = [packages, paths, differences.length + complaints.length, excused.length].map(number);
      return `| ${[set, about(sets.find(({ name }) => name === set)), ...counts].join(' | ')} |`;
    }),
  ].join('\n');
}
