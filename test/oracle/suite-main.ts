import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dpkgSuite, suiteTests, traceSuite } from './dpkg-suite.ts';
import { readTrace } from './dpkg-trace.ts';

const USAGE = `usage: scripts/dpkg-suite [TEST...]
       scripts/dpkg-suite --replay

Fetches dpkg's source, builds its functional tests and runs them with a dpkg that records each call.
Prints for each test whether dpkg passes it ("fail": it is known not to), its calls, and the states at rest
that came out.

  --replay     replay every call through the engine, and write the table of the outcomes into docs/fidelity.md
  --keep=DIR   keep the trace in DIR/trace
  --suite=S    the dpkg of another suite of the host's archive
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: 'string' }, suite: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const suite = await dpkgSuite(values.suite);
  const all = await suiteTests(suite);
  const tests = positionals.length > 0 ? positionals : all.map(({ name }) => name);
  const fails = new Set(all.filter((test) => test.fails).map(({ name }) => name));
  const dir = values.keep ?? (await mkdtemp(join(tmpdir(), 'apt-ostree-dpkg-suite-')));
  const runs = await traceSuite(suite, tests, dir);
  const trace = await readTrace(join(dir, 'trace'));
  const cases = await trace.cases();
  process.stdout.write(
    `dpkg ${suite.version}\ntest                                          dpkg  calls  at rest\n`,
  );
  for (const { test, passed } of runs) {
    const calls = trace.steps.filter((step) => step.test === test).length;
    const rest = cases.filter((found) => found.test === test).length;
    process.stdout.write(
      `${test.padEnd(45)} ${passed ? 'ok  ' : fails.has(test) ? 'fail' : 'FAIL'} ${String(calls).padStart(6)} ${String(rest).padStart(8)}\n`,
    );
  }
  const states = new Set(cases.map((found) => found.state));
  process.stdout.write(
    `${trace.steps.length} calls, ${cases.length} at rest, ${states.size} different states\n`,
  );
  if (!values.keep) await rm(dir, { recursive: true, force: true });
  return runs.every(({ test, passed }) => passed || fails.has(test)) ? 0 : 1;
}

process.exitCode = await main();
