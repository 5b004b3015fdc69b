import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../helpers/cache.ts';
import { hostSources } from '../helpers/host-sources.ts';
import { today } from '../helpers/minbase.ts';
import { execute, run } from '../helpers/run.ts';
import { source } from './source.ts';

/** dpkg's own functional tests, built. */
export interface Suite {
  /** The folder `tests` of its source. */
  dir: string;
  version: string;
}

async function fetchSource(dir: string, suite: string | undefined): Promise<void> {
  await mkdir(join(dir, 'lists/partial'), { recursive: true });
  await writeFile(join(dir, 'debian.sources'), await hostSources(suite, { source: true }));
  const config = [
    `Dir::Etc::SourceList "${join(dir, 'debian.sources')}";`,
    'Dir::Etc::SourceParts "-";',
    'Dir::Etc::Parts "-";',
    `Dir::State::Lists "${join(dir, 'lists')}";`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    'APT::Sandbox::User "root";',
    'Acquire::Check-Valid-Until "false";',
  ];
  await writeFile(join(dir, 'apt.conf'), `${config.join('\n')}\n`);
  const env = { APT_CONFIG: join(dir, 'apt.conf') };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['source', '-qq', 'dpkg'], { env, cwd: dir });
}

/** A box that sees the machine read-only, without network, and may write to one folder. */
function boxed(writable: string, command: string[]): string[] {
  return [
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'],
    ...['--setenv', 'TMPDIR', '/tmp'],
    ...[
      '--bind',
      writable,
      writable,
      '--unshare-net',
      '--unshare-pid',
      '--die-with-parent',
      '--',
      ...command,
    ],
  ];
}

/** dpkg's source from the archive, fetched and its test packages built once a day. */
export async function dpkgSuite(suite?: string): Promise<Suite> {
  const dir = await cached(`dpkg-suite-${suite ?? 'host'}-${today()}`, async (partial) => {
    await fetchSource(partial, suite);
    const name = await sourceFolder(partial);
    await run('bwrap', boxed(partial, ['make', '-s', '-C', join(partial, name, 'tests'), 'build']));
  });
  const name = await sourceFolder(dir);
  return { dir: join(dir, name, 'tests'), version: name.slice('dpkg-'.length) };
}

async function sourceFolder(dir: string): Promise<string> {
  const entries = await readdir(dir, { withFileTypes: true });
  const found = entries.find((entry) => entry.isDirectory() && /^dpkg-\d/.test(entry.name));
  if (!found) throw new Error(`no source of dpkg in ${dir}`);
  return found.name;
}

/** Tests that change no package, and one whose packages take 20 GiB. They run when they are named. */
export const LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ['t-buildinfo', 'describes how a package was built'],
  ['t-conffile-prompt', 'asks a person'],
  ['t-deb-lfs', 'a file of 5 GiB'],
]);

/** A test that dpkg itself is known to fail is run as well: each call of it did something. */
export interface SuiteTest {
  name: string;
  fails: boolean;
}

/** Every test of the suite: those of its makefile, those that it expects to fail, and those that it forgot. */
export async function suiteTests(suite: Suite): Promise<SuiteTest[]> {
  const makefile = await readFile(join(suite.dir, 'Makefile'), 'utf8');
  const listed = (list: string) =>
    [...makefile.matchAll(new RegExp(`^TESTS_${list} \\+= (\\S+)$`, 'gm'))].map((match) => match[1]!);
  const fails = new Set(listed('FAIL'));
  const folders = await readdir(suite.dir);
  const names = folders.filter((name) => name.startsWith('t-') && !LEFT_OUT.has(name)).sort();
  const order = [...listed('PASS'), ...fails];
  return [...new Set([...order.filter((name) => names.includes(name)), ...names])].map((name) => ({
    name,
    fails: fails.has(name),
  }));
}

/** The one test whose questions are what it tests: of databases that it brings along. */
const QUERYING = 't-db';

/** @returns the folders to search first: of the tools that change something, and of the one that asks. */
async function plantShim(dir: string): Promise<{ changing: string; asking: string }> {
  const [changing, asking] = [join(dir, 'bin'), join(dir, 'bin-query')];
  await Promise.all([mkdir(changing), mkdir(asking)]);
  for (const name of ['dpkg_shim.py', 'snapshot.py']) await copyFile(source(name), join(changing, name));
  await chmod(join(changing, 'dpkg_shim.py'), 0o755);
  for (const tool of ['dpkg', 'dpkg-divert']) await symlink('dpkg_shim.py', join(changing, tool));
  await symlink('../bin/dpkg_shim.py', join(asking, 'dpkg-query'));
  return { changing, asking };
}

export interface TestRun {
  test: string;
  passed: boolean;
  output: string;
}

/** A test that fails does not clean up: each begins with the empty root and database of the source. */
async function clear(suite: Suite, work: string): Promise<void> {
  for (const name of ['dpkgdb', 'dpkginst']) {
    await run('rm', ['-rf', join(work, name)]);
    await run('cp', ['-a', join(suite.dir, name), join(work, name)]);
  }
  await writeFile(join(work, 'dpkgdb/status'), '');
}

/** Runs tests of the suite with a recording dpkg; the trace lies in `dir/trace` (`readTrace`). */
export async function traceSuite(suite: Suite, tests: string[], dir: string): Promise<TestRun[]> {
  const work = join(dir, 'tests');
  const trace = join(dir, 'trace');
  await mkdir(dir, { recursive: true });
  await run('cp', ['-a', suite.dir, work]);
  for (const name of ['states', 'blobs', 'debs']) await mkdir(join(trace, name), { recursive: true });
  const bin = await plantShim(dir);
  const runs: TestRun[] = [];
  for (const test of tests) {
    await clear(suite, work);
    const first = test === QUERYING ? `${bin.asking}:${bin.changing}` : bin.changing;
    const env = { DPKG_TRACE: trace, PATH: `${first}:/usr/sbin:/usr/bin:/sbin:/bin` };
    const command = boxed(dir, ['make', '-C', join(work, test), 'test']);
    const { code, stdout, stderr } = await execute('bwrap', command, { env, ok: [0, 1, 2] });
    runs.push({ test, passed: code === 0, output: `${stdout}${stderr}` });
  }
  return runs;
}
