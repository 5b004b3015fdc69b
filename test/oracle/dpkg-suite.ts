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

/** The tests that dpkg's makefile runs, without those that it expects to fail and those for people. */
export async function suiteTests(suite: Suite): Promise<string[]> {
  const makefile = await readFile(join(suite.dir, 'Makefile'), 'utf8');
  const names = [...makefile.matchAll(/^TESTS_PASS \+= (\S+)$/gm)].map((match) => match[1]!);
  return names.filter((name) => name !== 't-unpack-device');
}

async function plantShim(dir: string): Promise<string> {
  const bin = join(dir, 'bin');
  await mkdir(bin);
  for (const name of ['dpkg_shim.py', 'snapshot.py']) await copyFile(source(name), join(bin, name));
  await chmod(join(bin, 'dpkg_shim.py'), 0o755);
  for (const tool of ['dpkg', 'dpkg-divert']) await symlink('dpkg_shim.py', join(bin, tool));
  return bin;
}

export interface TestRun {
  test: string;
  passed: boolean;
  output: string;
}

/** Runs tests of the suite with a recording dpkg; the trace lies in `dir/trace` (`readTrace`). */
export async function traceSuite(suite: Suite, tests: string[], dir: string): Promise<TestRun[]> {
  const work = join(dir, 'tests');
  const trace = join(dir, 'trace');
  await mkdir(dir, { recursive: true });
  await run('cp', ['-a', suite.dir, work]);
  for (const name of ['states', 'blobs', 'debs']) await mkdir(join(trace, name), { recursive: true });
  const bin = await plantShim(dir);
  const env = { DPKG_TRACE: trace, PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` };
  const runs: TestRun[] = [];
  for (const test of tests) {
    const command = boxed(dir, ['make', '-C', join(work, test), 'test']);
    const { code, stdout, stderr } = await execute('bwrap', command, { env, ok: [0, 1, 2] });
    runs.push({ test, passed: code === 0, output: `${stdout}${stderr}` });
  }
  return runs;
}
