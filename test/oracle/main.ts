import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHAINS, type Chain } from './chains.ts';
import { checkChain, checkChainReference } from './check-chain.ts';
import { writeTable } from './document-table.ts';
import { type Checks, checkReference, checkRepeat, checkSet, type Result } from './oracle.ts';
import { drawSets } from './random.ts';
import { BothRefuse } from './refuse.ts';
import { findSet, type PackageSet, readSets } from './sets.ts';
import { setsTable } from './sets-table.ts';
import { CHECKOUT } from './source.ts';

const TABLE = { document: join(CHECKOUT, 'docs/fidelity.md'), name: 'sets' };

const USAGE = `usage: scripts/oracle [SET...|--all|--random N]

Makes each package set with apt and dpkg and with apt-ostree and compares every path of the two roots.

  --all             every set of test/oracle/sets.json
  --random N        N sets drawn from the archive
  --seed S          draw these sets again
  --sections A,B    draw from these sections of the archive only
  --only I,J        of the sets drawn, only those with these numbers
  --reference-only  run apt and dpkg twice and show what they do not repeat
  --repeat          run apt-ostree twice and show what it does not repeat
  --show N          differences to print for a set (default 20)
  --excused         print what the table of allowed differences hides, too
  --json=FILE       write the results
  --table           write the results of --all into docs/fidelity.md
  --keep=DIR        work in DIR and keep it
  --list            the names of the sets
`;

interface Options {
  show: number;
  excused: boolean;
}

function row(result: Result): string {
  const found = result.differences.length + result.complaints.length;
  const cells = [
    result.set.padEnd(24),
    String(result.packages).padStart(6),
    String(result.paths).padStart(8),
    String(found).padStart(8),
    String(result.excused.length).padStart(8),
    result.seconds.ours.toFixed(1).padStart(8),
    result.seconds.dpkg.toFixed(1).padStart(8),
  ];
  return cells.join(' ');
}

const HEADER = 'set                      packages   paths  differ  excused  ours s   dpkg s';

function print(result: Result, { show, excused }: Options): void {
  const lines = [row(result)];
  lines.push(...result.complaints.map((line) => `    ${line}`));
  lines.push(
    ...result.differences.slice(0, show).map(({ kind, path, detail }) => `    ${kind} ${path}: ${detail}`),
  );
  if (result.differences.length > show) lines.push(`    ... and ${result.differences.length - show} more`);
  if (excused)
    for (const { difference, row: allowed } of result.excused)
      lines.push(`    (${difference.kind} ${difference.path}: ${allowed.reason})`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What is held against what. */
interface Ways {
  'reference-only'?: boolean | undefined;
  repeat?: boolean | undefined;
}

async function check(set: PackageSet | Chain, checks: Checks, ways: Ways): Promise<Result[]> {
  const twice = ways['reference-only'];
  if ('steps' in set) return twice ? checkChainReference(set, checks) : checkChain(set, checks);
  if (twice) return [await checkReference(set, checks)];
  return [await (ways.repeat ? checkRepeat(set, checks) : checkSet(set, checks))];
}

/** Frees the disk of a drawn set that is equal: nobody looks at it again, and there are many. */
async function forget({ roots, differences, complaints }: Result): Promise<void> {
  if (differences.length + complaints.length > 0) return;
  // The reference lies in a folder of its own, beside its log.
  for (const root of [roots.ours, roots.dpkg.endsWith('/root') ? dirname(roots.dpkg) : roots.dpkg])
    await rm(root, { recursive: true, force: true });
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean' },
      random: { type: 'string' },
      seed: { type: 'string' },
      sections: { type: 'string' },
      only: { type: 'string' },
      'reference-only': { type: 'boolean' },
      repeat: { type: 'boolean' },
      show: { type: 'string', default: '20' },
      excused: { type: 'boolean', default: false },
      json: { type: 'string' },
      table: { type: 'boolean' },
      keep: { type: 'string' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const sets = await readSets();
  if (values.list) {
    process.stdout.write(
      sets.map(({ name, kind, packages }) => `${name} (${kind}): ${packages.join(' ')}\n`).join(''),
    );
    return 0;
  }
  const chain = (name: string) => CHAINS.find((found) => found.name === name);
  let chosen: Iterable<PackageSet | Chain> | AsyncIterable<PackageSet> = values.all
    ? [...sets, ...CHAINS]
    : positionals.map((name) => chain(name) ?? findSet(sets, name));
  if (values.random) {
    const seed = Number(values.seed ?? Date.now() % 1_000_000);
    process.stdout.write(`seed ${seed}\n`);
    chosen = drawSets(Number(values.random), seed, values.sections?.split(','));
  }
  if (values.help || (!values.all && !values.random && positionals.length === 0)) {
    process.stderr.write(USAGE);
    return values.help ? 0 : 2;
  }
  const dir = values.keep ?? (await mkdtemp(join(tmpdir(), 'apt-ostree-oracle-')));
  const checks: Checks = { sets, dir, bases: new Map() };
  const results: Result[] = [];
  let broken = 0;
  process.stdout.write(`${HEADER}\n`);
  const only = values.only?.split(',');
  for await (const set of chosen) {
    if (only && !only.includes(set.name.split('-').at(-1)!)) continue;
    if (values.random && 'packages' in set) process.stdout.write(`${set.name}: ${set.packages.join(' ')}\n`);
    try {
      const made = await check(set, checks, values);
      results.push(...made);
      for (const result of made) print(result, { show: Number(values.show), excused: values.excused });
      if (values.random && !values.keep) for (const result of made) await forget(result);
    } catch (error) {
      if (values.random && error instanceof BothRefuse) {
        process.stdout.write(`${set.name}: both refuse, as ${error.message} fails\n`);
        continue;
      }
      broken += 1;
      process.stdout.write(`${set.name}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
  if (values.table) await writeTable(TABLE, setsTable(results, sets));
  if (!values.keep) await rm(dir, { recursive: true, force: true });
  const different = results.filter(
    ({ differences, complaints }) => differences.length + complaints.length > 0,
  );
  return broken + different.length > 0 ? 1 : 0;
}

process.exitCode = await main();
