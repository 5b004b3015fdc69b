import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSource } from '../../../lib/dpkg/types.ts';
import { cached } from '../../helpers/cache.ts';
import { minbase, today } from '../../helpers/minbase.ts';
import { run } from '../../helpers/run.ts';

const PACKAGES =
  'openssh-server nginx postgresql python3 dbus polkitd systemd-sysv man-db fontconfig shared-mime-info'.split(
    ' ',
  );

/** Copies the admin directory before every call of dpkg, so that each call can be replayed. */
const SPY = `#!/bin/sh
to=/calls/$(ls /calls | wc -l)
mkdir $to
printf '%s\\n' "$@" > $to/args
cp -a /var/lib/dpkg $to/db
exec dpkg "$@"
`;

const INSIDE = `set -e
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
cp /etc/resolv.conf "$0/etc/resolv.conf"
apt="chroot $0 env -i DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin apt-get -qqy"
$apt update
$apt --no-install-recommends -o Dir::Bin::dpkg=/usr/local/bin/dpkg-spy install "$@"
`;

/**
 * Folder of a minbase of a suite in which real apt has installed packages, with a copy of the admin directory from
 * before each call of dpkg in /calls/<number>. Kept for the day.
 */
export async function installedByApt(suite: string): Promise<string> {
  const base = await minbase(suite);
  return cached(`dpkg-calls-${suite}-${today()}`, async (root) => {
    await run('cp', ['-a', `${base}/.`, root]);
    await mkdir(join(root, 'calls'));
    await script(join(root, 'usr/local/bin/dpkg-spy'), SPY);
    await script(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n');
    await run('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', INSIDE, root, ...PACKAGES]);
  });
}

/** The admin directory in a folder as a database source. */
export function adminSource(folder: string): DatabaseSource {
  return {
    read: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : null),
    list: (dir) => readdirSync(join(folder, dir)),
  };
}

async function script(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}
