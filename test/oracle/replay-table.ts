import type { Outcome, Replayed } from './replay.ts';

const COLUMNS: [title: string, outcomes: Outcome[]][] = [
  ['equal', ['equal']],
  ['both refuse', ['refused']],
  ['only dpkg refuses', ['planned']],
  ['no counterpart', ['outside']],
  ['differ', ['different', 'failed']],
];

/** How often each outcome came. */
export function countOutcomes(results: Replayed[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = {
    equal: 0,
    different: 0,
    failed: 0,
    refused: 0,
    planned: 0,
    outside: 0,
  };
  for (const { outcome } of results) counts[outcome]++;
  return counts;
}

/** A row for each test, and one for all. */
export function replayTable(version: string, results: Map<string, Replayed[]>): string {
  const all = [...results.values()].flat();
  const lines = [
    `dpkg ${version}`,
    '',
    `| test | calls | ${COLUMNS.map(([title]) => title).join(' | ')} | what has none |`,
    `|---|${'---|'.repeat(COLUMNS.length + 2)}`,
    ...[...results].map(([test, found]) => row(test, found)),
    row(`${results.size} tests`, all, false),
  ];
  return lines.join('\n');
}

function row(test: string, results: Replayed[], reasons = true): string {
  const counts = countOutcomes(results);
  const cells = COLUMNS.map(([, outcomes]) => outcomes.reduce((sum, outcome) => sum + counts[outcome], 0));
  const why = reasons ? reasonsOf(results) : '';
  return `| ${[test, results.length, ...cells.map((count) => count || ''), why].join(' | ')} |`;
}

function reasonsOf(results: Replayed[]): string {
  const reasons = results.filter(({ outcome }) => outcome === 'outside').map(({ reason }) => reason);
  return [...new Set(reasons)].map((reason) => `\`${reason}\``).join(', ');
}

/** The version of dpkg that a table is of. */
export function headOf(table: string): string {
  return table.split('\n', 1)[0]!;
}
