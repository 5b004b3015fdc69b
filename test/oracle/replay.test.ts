import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineHas } from '../helpers/root.ts';
import { tempDir } from '../helpers/temp.ts';
import { dpkgSuite, suiteTests, traceSuite } from './dpkg-suite.ts';
import { readTrace } from './dpkg-trace.ts';
import { type Outcome, type Replayed, replayTest } from './replay.ts';
import { openStage } from './replay-stage.ts';
import { source } from './source.ts';

/** Names of tests with commas; default: the whole suite. */
const TESTS = (
  process.env.APT_OSTREE_DPKG_TESTS ?? 't-file-replaces,t-conffile-normal,t-triggers-path'
).split(',');
/** Where the table of all outcomes is written, if anywhere. */
const REPORT = process.env.APT_OSTREE_DPKG_REPORT;
/** A trace that scripts/dpkg-suite --keep left; default: record one now. */
const TRACE = process.env.APT_OSTREE_DPKG_TRACE;

const MINUTES = 60_000;

async function traceDir(dir: string): Promise<string> {
  if (TRACE) return TRACE;
  const suite = await dpkgSuite();
  await traceSuite(suite, TESTS.includes('all') ? await suiteTests(suite) : TESTS, dir);
  return join(dir, 'trace');
}

/** Steps that differ, each with its reason; a step that has come to be equal must leave the table. */
async function readKnown(): Promise<{ test: string; step: number; reason: string }[]> {
  return JSON.parse(await readFile(source('dpkg-known.json'), 'utf8'));
}

function report(test: string, results: Replayed[]): string {
  const count = (outcome: Outcome) => results.filter((found) => found.outcome === outcome).length;
  const outcomes: Outcome[] = ['equal', 'different', 'failed', 'refused', 'outside'];
  const lines = [`${test}: ${outcomes.map((outcome) => `${count(outcome)} ${outcome}`).join(', ')}`];
  for (const [index, { step, outcome, details }] of results.entries()) {
    if (details.length === 0 || outcome === 'outside') continue;
    const args = step.args.filter((arg) => !/^--(admindir|instdir|force-|no-debsig|log)/.test(arg));
    lines.push(`  ${index} ${outcome}: ${args.join(' ')}`, ...details.map((line) => `      ${line}`));
  }
  return lines.join('\n');
}

it.runIf(await machineHas('root', 'overlay', 'sandbox', 'archive'))(
  "does what dpkg does in dpkg's own tests",
  { timeout: 60 * MINUTES },
  async () => {
    await using dir = await tempDir('replay');
    const trace = await readTrace(await traceDir(dir.path));
    const stage = await openStage(dir.file('stage'), trace);
    await using _repo = stage.repo;
    const tests = TESTS.includes('all') ? new Set(trace.steps.map(({ test }) => test)) : TESTS;
    const reports: string[] = [];
    const found: string[] = [];
    let equal = 0;
    for (const test of tests) {
      const results = await replayTest(stage, trace, test);
      const text = report(test, results);
      reports.push(text);
      if (REPORT) await writeFile(REPORT, `${reports.join('\n')}\n`);
      equal += results.filter(({ outcome }) => outcome === 'equal').length;
      for (const [index, { outcome }] of results.entries())
        if (outcome === 'different' || outcome === 'failed') found.push(`${test} ${index}`);
    }
    const known = await readKnown();
    const expected = known
      .filter(({ test }) => [...tests].includes(test))
      .map(({ test, step }) => `${test} ${step}`);
    expect(found.sort(), reports.join('\n')).toEqual(expected.sort());
    expect(equal).toBeGreaterThan(0);
  },
);
