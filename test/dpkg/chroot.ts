import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DatabaseSource } from '../../lib/dpkg/types.ts';

const run = promisify(execFile);
const CACHE = join(tmpdir(), 'apt-ostree-test-dpkg');
const PACKAGES = [
  'openssh-server',
  'nginx',
  'postgresql-15',
  'python3',
  'dbus',
  'polkitd',
  'systemd-sysv',
  'man-db',
];

/** Copies the admin directory before every call of dpkg, so that each call can be replayed. */
const SPY = `#!/bin/sh
to=/calls/$(ls /calls | wc -l)
mkdir $to
printf '%s\\n' "$@" > $to/args
cp -a /var/lib/dpkg $to/db
exec dpkg "$@"
`;

/** Folder of a minimal bookworm, made by mmdebstrap and kept between test runs. */
export function minbase(): Promise<string> {
  return cached('minbase', async (root) => {
    await run('mmdebstrap', ['--quiet', '--variant=minbase', 'bookworm', root]);
  });
}

/**
 * Folder of the same system in which real apt has installed packages, with a copy of the admin directory from
 * before each call of dpkg in /calls/<number>.
 */
export async function upgraded(): Promise<string> {
  const base = await minbase();
  return cached('installed', async (root) => {
    await run('cp', ['-a', `${base}/.`, root]);
    mkdirSync(join(root, 'calls'));
    script(join(root, 'usr/local/bin/dpkg-spy'), SPY);
    script(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n');
    const environment = [
      'DEBIAN_FRONTEND=noninteractive',
      'LC_ALL=C.UTF-8',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    ];
    const inside = ['--mount', '--pid', '--fork', 'sh', '-c', INSIDE, root, ...environment];
    await run('unshare', inside, { maxBuffer: 1 << 26 });
  });
}

const INSIDE = `set -e
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
cp /etc/resolv.conf "$0/etc/resolv.conf"
chroot "$0" env -i "$@" apt-get -qq update
chroot "$0" env -i "$@" apt-get -qqy --no-install-recommends -o Dir::Bin::dpkg=/usr/local/bin/dpkg-spy install ${PACKAGES.join(' ')}
`;

/** The admin directory below a folder as a database source. */
export function adminSource(folder: string): DatabaseSource {
  return {
    read: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : null),
    list: (dir) => readdirSync(join(folder, dir)),
  };
}

async function cached(name: string, make: (root: string) => Promise<void>): Promise<string> {
  const target = join(CACHE, name);
  if (existsSync(target)) return target;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, `${name}-`));
  chmodSync(work, 0o755);
  try {
    await make(work);
    if (!existsSync(target)) renameSync(work, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}

function script(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
