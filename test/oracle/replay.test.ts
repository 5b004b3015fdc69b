import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineHas } from '../helpers/root.ts';
import { tempDir } from '../helpers/temp.ts';
import { readTable, writeTable } from './document-table.ts';
import { dpkgSuite, suiteTests, traceSuite } from './dpkg-suite.ts';
import { readTrace } from './dpkg-trace.ts';
import { type Replayed, replayTest } from './replay.ts';
import { openStage } from './replay-stage.ts';
import { countOutcomes, headOf, replayTable } from './replay-table.ts';
import { CHECKOUT, source } from './source.ts';

/** Names of tests with commas; default: the whole suite. */
const NAMED = process.env.APT_OSTREE_DPKG_TESTS?.split(',') ?? null;
/** Where all outcomes are written, if anywhere. */
const REPORT = process.env.APT_OSTREE_DPKG_REPORT;
/** A trace that scripts/dpkg-suite --keep left; default: record one now. */
const TRACE = process.env.APT_OSTREE_DPKG_TRACE;
/** Set: the table in docs/fidelity.md is written, not compared. */
const WRITE_TABLE = process.env.APT_OSTREE_DPKG_TABLE === 'write';

const TABLE = { document: join(CHECKOUT, 'docs/fidelity.md'), name: 'dpkg-suite' };
const MINUTES = 60_000;

async function traceDir(dir: string, tests: string[]): Promise<string> {
  if (TRACE) return TRACE;
  await traceSuite(await dpkgSuite(), tests, dir);
  return join(dir, 'trace');
}

interface Known {
  /** How the versions of dpkg begin to whose tests this applies. */
  dpkg: string;
  test: string;
  step: number;
  reason: string;
}

/** Steps that differ, each with its reason; a step that has come to be equal must leave the table. */
async function readKnown(version: string): Promise<Known[]> {
  const known = JSON.parse(await readFile(source('dpkg-known.json'), 'utf8')) as Known[];
  return known.filter(({ dpkg }) => version.startsWith(dpkg));
}

function report(test: string, results: Replayed[]): string {
  const counts = Object.entries(countOutcomes(results)).map(([outcome, count]) => `${count} ${outcome}`);
  const lines = [`${test}: ${counts.join(', ')}`];
  for (const [index, { step, outcome, reason, details }] of results.entries()) {
    if (outcome === 'equal') continue;
    const args = step.args.filter(
      (arg) => !/^--(admindir|instdir|force-(not|script|unsafe)|no-debsig|log)/.test(arg),
    );
    lines.push(
      `  ${index} ${outcome}: ${args.join(' ')}: ${reason}`,
      ...details.map((line) => `      ${line}`),
    );
  }
  return lines.join('\n');
}

it.runIf(await machineHas('root', 'overlay', 'sandbox', 'archive'))(
  "does what dpkg does in dpkg's own tests",
  { timeout: 60 * MINUTES },
  async () => {
    await using dir = await tempDir('replay');
    const suite = await dpkgSuite();
    const tests = NAMED ?? (await suiteTests(suite)).map(({ name }) => name);
    const trace = await readTrace(await traceDir(dir.path, tests));
    const stage = await openStage(dir.file('stage'), trace);
    await using _repo = stage.repo;
    const results = new Map<string, Replayed[]>();
    const reports: string[] = [];
    for (const test of tests) {
      results.set(test, await replayTest(stage, trace, test));
      reports.push(report(test, results.get(test)!));
      if (REPORT) await writeFile(REPORT, `${reports.join('\n')}\n`);
    }
    const found = [...results].flatMap(([test, steps]) =>
      steps.flatMap(({ outcome }, index) =>
        outcome === 'different' || outcome === 'failed' ? [`${test} ${index}`] : [],
      ),
    );
    const known = (await readKnown(suite.version)).filter(({ test }) => tests.includes(test));
    expect(found.sort(), reports.join('\n')).toEqual(known.map(({ test, step }) => `${test} ${step}`).sort());
    for (const [test, steps] of results) expect(steps.length, test).toBeGreaterThan(0);
    if (NAMED) return;
    const table = replayTable(suite.version, results);
    if (WRITE_TABLE) await writeTable(TABLE, table);
    const written = await readTable(TABLE);
    // The table is that of one version; where another one is the archive's, what differs has been compared above.
    if (headOf(written) === headOf(table)) expect(written).toBe(table);
  },
);
