import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../helpers/cache.ts';
import { today } from '../helpers/minbase.ts';
import { run } from '../helpers/run.ts';
import { aptOutside } from './apt-outside.ts';
import { box, HOSTNAME, SOURCE_DATE_EPOCH } from './conditions.ts';
import { DEFAULT_SUITE, type PackageSet } from './sets.ts';

/** A plain root that apt and dpkg made. Shared: never write into it. */
export interface Reference {
  root: string;
  /** dpkg's own log of the run, to see orders. */
  log: string;
  seconds: number;
}

export interface ReferenceOptions {
  /** The root below a layer. */
  base?: string;
  /** Tells two runs for the same set apart, to see what dpkg itself does not repeat. */
  run?: string;
}

const MERGED_USR = '/usr/share/mmdebstrap/hooks/maybe-merged-usr';

/** What mmdebstrap leaves of its own working, none of which belongs to a package. */
const MMDEBSTRAP_TRACES = [
  'etc/resolv.conf',
  'etc/hostname',
  'etc/apt/sources.list',
  'etc/apt/sources.list.d/0000debian.sources',
  'etc/apt/apt.conf.d/99mmdebstrap',
];

async function compose(set: PackageSet, dir: string): Promise<void> {
  const suite = set.suite ?? DEFAULT_SUITE;
  const { sources } = await aptOutside(suite);
  const root = join(dir, 'root');
  const args = [
    '--mode=root',
    '--format=directory',
    '--variant=essential',
    '--skip=output/dev',
    `--include=${set.packages.join(',')}`,
    ...(suite === 'bookworm' ? [`--hook-dir=${MERGED_USR}`] : []),
    ...(set.recommends ? ['--aptopt=APT::Install-Recommends "true"'] : []),
    `--customize-hook=cp "$1/var/log/dpkg.log" ${join(dir, 'dpkg.log')}`,
  ];
  const script = `hostname ${HOSTNAME}; exec mmdebstrap "$@"`;
  const env = { SOURCE_DATE_EPOCH, SYSTEMD_OFFLINE: '1', HOME: '/root' };
  await run('unshare', ['--uts', 'sh', '-c', script, 'sh', ...args, suite, root, sources], { env });
  for (const name of MMDEBSTRAP_TRACES) await rm(join(root, name), { force: true });
}

async function layer(set: PackageSet, dir: string, base: string): Promise<void> {
  const apt = await aptOutside(set.suite ?? DEFAULT_SUITE);
  const root = join(dir, 'root');
  await run('cp', ['-a', '--reflink=auto', base, root]);
  const archives = join(dir, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const install = [
    ...['-y', '-q', '-o', `APT::Install-Recommends=${set.recommends === true}`],
    ...['install', ...set.packages],
  ];
  const status = join(root, 'var/lib/dpkg/status');
  await apt.run('apt-get', ['--download-only', '-o', `Dir::Cache::Archives=${archives}`, ...install], status);
  await writeFile(join(dir, 'policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const options = {
    'Dir::Etc::SourceList': '/run/oracle/debian.sources',
    'Dir::Etc::SourceParts': '-',
    'Dir::State::Lists': '/run/oracle/lists',
    'Dir::Cache::Archives': '/run/oracle/archives',
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'DPkg::Use-Pty': '0',
  };
  const force = ['--force-confdef', '--force-confold'].flatMap((option) => [
    '-o',
    `DPkg::Options::=${option}`,
  ]);
  await run('bwrap', [
    ...box(root, true),
    ...['--ro-bind', apt.sources, options['Dir::Etc::SourceList']],
    ...[
      '--bind',
      apt.lists,
      options['Dir::State::Lists'],
      '--bind',
      archives,
      options['Dir::Cache::Archives'],
    ],
    ...['--ro-bind', join(dir, 'policy-rc.d'), '/usr/sbin/policy-rc.d'],
    ...[
      'apt-get',
      ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...force,
      ...install,
    ],
  ]);
  await rm(join(root, 'usr/sbin/policy-rc.d'));
  await run('cp', [join(root, 'var/log/dpkg.log'), join(dir, 'dpkg.log')]);
  await rm(archives, { recursive: true });
}

/** The root that real apt and dpkg make of a set. Kept for the day; a layer is kept for its base. */
export async function makeReference(set: PackageSet, options: ReferenceOptions = {}): Promise<Reference> {
  const inputs = JSON.stringify([set, options.base ?? null, options.run ?? null, SOURCE_DATE_EPOCH]);
  const key = createHash('sha256').update(inputs).digest('hex').slice(0, 16);
  const dir = await cached(`reference-${set.name}-${key}-${today()}`, async (partial) => {
    const started = performance.now();
    if (set.kind === 'compose') await compose(set, partial);
    else if (options.base) await layer(set, partial, options.base);
    else throw new Error(`the layer ${set.name} needs the root of its base`);
    await writeFile(join(partial, 'seconds'), String((performance.now() - started) / 1000));
  });
  const seconds = Number(await readFile(join(dir, 'seconds'), 'utf8'));
  return { root: join(dir, 'root'), log: join(dir, 'dpkg.log'), seconds };
}
