// Reads vitest's JSON report and prints `N passed, N failed, N skipped` as the last line.
// Usage: count-tests.mjs REPORT STATUS FILTERS, where STATUS is vitest's exit status or `lint`.
// Fails when a suite is missing, broken or (in CI) skipped.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';

const [report, status, filters] = process.argv.slice(2);
const problems = [];
let passed = 0;
let failed = 0;
const skipped = [];
const seen = new Set();

if (existsSync(report)) {
  for (const suite of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const file = relative(process.cwd(), suite.name);
    seen.add(file);
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') passed++;
      else if (test.status === 'failed') failed++;
      else skipped.push(`${file}: ${test.fullName}`);
    }
    const broken =
      suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed');
    if (broken || suite.assertionResults.length === 0) {
      failed++;
      problems.push(`${file}: ${suite.message || 'no tests in it'}`);
    }
  }
} else {
  problems.push(`vitest wrote no report (exit ${status})`);
}

if (filters === '0') {
  const files = readdirSync('test', { recursive: true }).filter((file) => file.endsWith('.test.ts'));
  for (const file of files.map((file) => `test/${file}`)) {
    if (seen.has(relative(process.cwd(), resolve(file)))) continue;
    failed++;
    problems.push(`${file}: did not run`);
  }
}
if (passed + failed === 0) problems.push('no test ran');
if (status !== '0' && failed === 0)
  problems.push(status === 'lint' ? 'the lint failed' : `vitest ended with ${status}`);
for (const name of skipped) console.error(`SKIPPED ${name}`);
if (process.env.CI && skipped.length > 0) problems.push('tests were skipped, and in CI every test must run');
for (const problem of problems) console.error(`PROBLEM ${problem}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(problems.length > 0 || failed > 0 || status !== '0' ? 1 : 0);
