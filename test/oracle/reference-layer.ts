import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../helpers/run.ts';
import { aptOutside } from './apt-outside.ts';
import { box, HOSTNAME } from './conditions.ts';
import { DEFAULT_SUITE, type PackageSet } from './sets.ts';

/** Where apt inside finds what was fetched outside; a tmpfs hides it from the result. */
const INSIDE = {
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

/** Questions before the installation have no counterpart: `config` scripts run when a postinst calls debconf. */
const WITHOUT_PRECONFIGURATION = {
  path: '/run/oracle/apt.conf',
  text: '#clear DPkg::Pre-Install-Pkgs;\n',
};

/** Files that stand in the tree while apt runs, and only then. */
const MASKS = {
  '/usr/sbin/policy-rc.d': { mode: 0o755, always: true, text: '#!/bin/sh\nexit 101\n' },
  // Only over a file of the base: the package that makes it must see that it is missing.
  '/etc/hosts': {
    mode: 0o644,
    always: false,
    text: `127.0.0.1 localhost\n127.0.1.1 ${HOSTNAME}.localdomain ${HOSTNAME}\n`,
  },
};

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Binds the masks over a root; what bwrap had to make for them is gone when the scope ends. */
async function mask(dir: string, root: string): Promise<{ binds: string[] } & AsyncDisposable> {
  const binds: string[] = [];
  const placed: string[] = [];
  for (const [path, { mode, always, text }] of Object.entries(MASKS)) {
    const there = await exists(join(root, path));
    if (!there && !always) continue;
    const file = join(dir, path.replaceAll('/', '_'));
    await writeFile(file, text, { mode });
    binds.push('--ro-bind', file, path);
    if (!there) placed.push(join(root, path));
  }
  return {
    binds,
    [Symbol.asyncDispose]: async () => {
      for (const path of placed) await rm(path, { force: true });
    },
  };
}

/** Copies `base` to `dir/root` and lets apt of that root change it, in a box like the engine's. */
export async function layerReference(set: PackageSet, dir: string, base: string): Promise<void> {
  const apt = await aptOutside(set.suite ?? DEFAULT_SUITE, set);
  const root = join(dir, 'root');
  await run('cp', ['-a', '--reflink=auto', base, root]);
  const archives = join(dir, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const wanted = [...set.packages, ...(set.remove ?? []).map((name) => `${name}-`)];
  const install = [
    '-y',
    '-q',
    '-o',
    `APT::Install-Recommends=${set.recommends === true}`,
    'install',
    ...wanted,
  ];
  const status = join(root, 'var/lib/dpkg/status');
  await apt.run('apt-get', ['--download-only', '-o', `Dir::Cache::Archives=${archives}`, ...install], status);
  const local = new Set(set.packages.filter((name) => name.startsWith('/')).map((path) => dirname(path)));
  // Not where they are outside: mount points would be made for the way to them, and stay in the tree.
  const debs = new Map([...local].map((folder, index) => [folder, `/run/oracle/debs-${index}`]));
  const force = ['--force-confdef', '--force-confold'].flatMap((option) => [
    '-o',
    `DPkg::Options::=${option}`,
  ]);
  const config = join(dir, 'apt.conf');
  await writeFile(config, WITHOUT_PRECONFIGURATION.text);
  await using masks = await mask(dir, root);
  await run('bwrap', [
    ...box(root, true),
    ...['--ro-bind', apt.sources, INSIDE['Dir::Etc::SourceList']],
    ...['--bind', apt.lists, INSIDE['Dir::State::Lists'], '--bind', archives, INSIDE['Dir::Cache::Archives']],
    ...[...debs].flatMap(([folder, inside]) => ['--ro-bind', folder, inside]),
    ...['--ro-bind', config, WITHOUT_PRECONFIGURATION.path],
    ...masks.binds,
    ...[
      'apt-get',
      ...['-c', WITHOUT_PRECONFIGURATION.path],
      ...Object.entries(INSIDE).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...force,
      ...install.map((name) =>
        debs.has(dirname(name)) ? join(debs.get(dirname(name))!, basename(name)) : name,
      ),
    ],
  ]);
  await run('cp', [join(root, 'var/log/dpkg.log'), join(dir, 'dpkg.log')]);
  await rm(archives, { recursive: true });
}
