import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../helpers/run.ts';
import { aptOutside } from './apt-outside.ts';
import { HOSTNAME, SOURCE_DATE_EPOCH } from './conditions.ts';
import { DEFAULT_SUITE, type PackageSet } from './sets.ts';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

const MERGED_USR = '/usr/share/mmdebstrap/hooks/maybe-merged-usr';

/** What mmdebstrap leaves of its own working, none of which belongs to a package. */
const MMDEBSTRAP_TRACES = [
  'etc/resolv.conf',
  'etc/hostname',
  'etc/fstab',
  'etc/apt/sources.list',
  'etc/apt/sources.list.d/0000debian.sources',
  'etc/apt/apt.conf.d/99mmdebstrap',
];

/** Makes `dir/root` and `dir/dpkg.log` from nothing: the Essential packages and the set, by mmdebstrap. */
export async function composeReference(set: PackageSet, dir: string): Promise<void> {
  const suite = set.suite ?? DEFAULT_SUITE;
  const { sources } = await aptOutside(suite, set);
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
  // mmdebstrap hands its environment on to the scripts, and nothing of this machine's may get there.
  const env = [`SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}`, 'SYSTEMD_OFFLINE=1', 'HOME=/root', `PATH=${PATH}`];
  const command = ['unshare', '--uts', 'sh', '-c', script, 'sh', ...args, suite, root, sources];
  await run('env', ['-i', ...env, ...command]);
  for (const name of MMDEBSTRAP_TRACES) await rm(join(root, name), { force: true });
}
