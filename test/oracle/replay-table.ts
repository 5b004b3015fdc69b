import { readFile, writeFile } from 'node:fs/promises';
import type { Outcome, Replayed } from './replay.ts';

/** Between these lines stands the table in a document. */
const [BEGIN, END] = ['<!-- dpkg-suite: begin -->', '<!-- dpkg-suite: end -->'];

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

/** The table as a document has it now. */
export async function readTable(document: string): Promise<string> {
  const [, table] = split(await readFile(document, 'utf8'));
  return table;
}

export async function writeTable(document: string, table: string): Promise<void> {
  const [before, , after] = split(await readFile(document, 'utf8'));
  await writeFile(document, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}

function split(text: string): [before: string, table: string, after: string] {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`no lines ${BEGIN} and ${END}`);
  return [text.slice(0, begin), text.slice(begin + BEGIN.length, end).trim(), text.slice(end + END.length)];
}
