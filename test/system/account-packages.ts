import { expect } from 'vitest';
import type { DebSpec } from '../helpers/deb.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';

/** As adduser does: an account that exists is left alone, a new one gets the next free number. */
const adduser = (name: string) => `
grep -q "^${name}:" /etc/passwd && exit 0
n=100; while grep -q "^[^:]*:[^:]*:$n:" /etc/passwd; do n=$((n + 1)); done
echo "${name}:x:$n:$n::/nonexistent:/bin/false" >> /etc/passwd
echo "${name}:x:$n:" >> /etc/group`;

/** What comes with an account: its line in shadow, a home, a group that it joins. */
const ADDUSER_FULL = `
grep -q "^full:" /etc/passwd && exit 0
n=100; while grep -q "^[^:]*:[^:]*:$n:" /etc/passwd; do n=$((n + 1)); done
echo "full:x:$n:$n::/var/lib/full/home:/bin/false" >> /etc/passwd
echo "full:!:19000::::::" >> /etc/shadow
echo "full:x:$n:" >> /etc/group
sed -i "s/^nogroup:.*:$/&full/" /etc/group
mkdir /var/lib/full/home; chown $n:$n /var/lib/full/home; chmod 2750 /var/lib/full/home`;

const LEAVES_BACKUPS = 'cp /etc/passwd /etc/passwd-; cp /etc/group /etc/group-';

/** Small packages whose scripts make accounts. */
export const ACCOUNT_PACKAGES: DebSpec[] = [
  // Its script runs before any postinst, so it would be given the first number.
  { control: { Package: 'alpha' }, scripts: { preinst: adduser('alpha') } },
  { control: { Package: 'beta' }, scripts: { postinst: `${LEAVES_BACKUPS}; ${adduser('beta')}` } },
  {
    control: { Package: 'stubborn' },
    scripts: { postinst: 'sed -i "s/^beta:x:[0-9]*/beta:x:555/" /etc/passwd' },
  },
  { control: { Package: 'gamma' }, scripts: { postinst: adduser('gamma') } },
  { control: { Package: 'delta', Depends: 'shadow' }, scripts: { postinst: adduser('delta') } },
  { control: { Package: 'looking' }, scripts: { preinst: 'cp /etc/passwd /usr/seen' } },
  { control: { Package: 'shadow' }, files: 'f /etc/shadow 0640 root root root:*:19000::::::' },
  {
    control: { Package: 'full', Depends: 'shadow' },
    files: 'd /var/lib/full 0711 root root',
    scripts: { postinst: ADDUSER_FULL },
  },
  // It takes over from beta: the same account, and a file of it.
  {
    control: { Package: 'heir' },
    scripts: { postinst: `${adduser('beta')}; echo x > /usr/h; chown $n /usr/h` },
  },
  {
    control: { Package: 'small-kernel', Architecture: 'amd64' },
    files:
      'f /boot/vmlinuz-1.0-small 0644 root root kernel\nf /usr/lib/modules/1.0-small/modules.dep 0644 root root none',
  },
];

/** Numbers of the accounts of a commit, by name. */
export async function numbersOf(repo: string, ref: string): Promise<Record<string, string | undefined>> {
  return parseNumbers(await ostreeCli(repo).cat(ref, '/usr/etc/passwd'));
}

export function parseNumbers(passwd: string): Record<string, string | undefined> {
  const rows = passwd.trim().split('\n');
  return Object.fromEntries(rows.map((line) => [line.split(':')[0], line.split(':')[2]]));
}

export const drift = (text: string) => ({
  code: 'ERR_ACCOUNT_DRIFT',
  message: expect.stringContaining(text),
});
