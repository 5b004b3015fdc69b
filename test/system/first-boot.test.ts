import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_BOOT_UNITS } from '../../lib/layout/first-boot.ts';
import { NEVER_BAKED } from '../../lib/layout/scrub.ts';
import { openEngine } from '../../lib/system/engine.ts';
import { hostRepos } from '../helpers/host-sources.ts';
import { type OstreeCli, ostreeCli } from '../helpers/ostree-cli.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { box } from '../oracle/conditions.ts';

const SERVERS = `openssh-server ssl-cert bind9 postgresql mariadb-server dropbear open-iscsi nvme-cli xrdp
  quassel-core ejabberd courier-imap nsd dnssec-trigger ircd-hybrid openvswitch-pki varnish shadowsocks-libev
  slapd ldap-utils etckeeper`;
const PACKAGES = SERVERS.split(/\s+/);
const REF = 'test/first-boot';
const UNITS = '/usr/lib/systemd/system';
const MINUTES = 60_000;

/** Starts a server on what the unit made, asks it, and prints its answer. */
const QUESTIONS: Record<string, string> = {
  'apt-ostree-postgresql': `
    install -d -o postgres -g postgres /run/postgresql
    pg_lsclusters -h | while read version name rest; do pg_ctlcluster "$version" "$name" start; done
    runuser -u postgres -- psql -Atc "select 'answer'"`,
  'apt-ostree-mysql': `
    install -d -o mysql -g root /run/mysqld
    mariadbd --user=mysql --skip-networking >/dev/null 2>&1 &
    for second in $(seq 60); do mariadb-admin ping >/dev/null 2>&1 && break; sleep 1; done
    mariadb -Ne "select 'answer'"; mariadb-admin shutdown`,
  'apt-ostree-slapd': `
    install -d -o openldap -g openldap /run/slapd
    slapd -h ldapi:/// -u openldap -g openldap -F /etc/ldap/slapd.d
    for second in $(seq 60); do ldapwhoami -x -H ldapi:/// >/dev/null 2>&1 && break; sleep 1; done
    ldapsearch -Q -Y EXTERNAL -H ldapi:/// -b cn=config -s base -LLL | grep -q olcGlobal
    ldapsearch -x -H ldapi:/// -b dc=nodomain -s base -LLL | grep -q '^dc: nodomain'
    kill "$(cat /run/slapd/slapd.pid)"; echo answer`,
  'apt-ostree-etckeeper': 'git -C /etc status --porcelain && git -C /etc log --format=tformat:answer',
};

describe.runIf(await machineHas('root', 'overlay', 'sandbox', 'archive')).each(['bookworm', 'trixie'])(
  'the first boot of an image of %s',
  (suite) => {
    let dir: TempDir;
    let cli: OstreeCli;
    let root: string;
    const inside = (script: string) => run('bwrap', [...box(root, true), 'sh', '-ec', script]);

    /** The command of a unit as the image has it; what it calls of ours is put into the plain root. */
    async function commandOf(unit: string): Promise<string> {
      const text = await cli.cat(REF, `${UNITS}/${unit}.service`);
      const command = /^ExecStart=(.+)$/m.exec(text)![1]!;
      if (!command.startsWith('/usr/libexec/apt-ostree/')) return command;
      const path = join(root, command);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await cli.cat(REF, command));
      await chmod(path, 0o755);
      return command;
    }

    /** Whether anything stands where the table says that the unit makes it. */
    async function made(unit: string): Promise<boolean[]> {
      const patterns = NEVER_BAKED.filter((row) => row.unit === unit).map(({ path }) => path);
      expect(patterns.length, unit).toBeGreaterThan(0);
      return Promise.all(
        patterns.map(async (path) => {
          const shown = await inside(`for f in ${path}; do [ -e "$f" ] && echo "$f"; done; true`);
          return shown.trim() !== '';
        }),
      );
    }

    beforeAll(async () => {
      dir = await tempDir('first-boot');
      const repo = dir.file('repo');
      const system = await openEngine({ repo, cacheDir: dir.file('cache') });
      const repos = await hostRepos(suite);
      const treefile = { ref: REF, repos, recommends: false, packages: ['systemd-sysv', ...PACKAGES] };
      await system.composeTree({ treefile });
      cli = ostreeCli(repo);
      root = dir.file('root');
      await system.composeRootfs({ treefile, dir: root });
    }, 15 * MINUTES);
    afterAll(async () => dir?.[Symbol.asyncDispose]());

    it.each(FIRST_BOOT_UNITS.map(({ name }) => name))(
      'makes what the image must not have: %s',
      { timeout: 5 * MINUTES },
      async (unit) => {
        const command = await commandOf(unit);
        expect((await made(unit)).includes(true)).toBe(false);
        // systemd sets none for a service of root.
        await inside(`unset HOME; ${command}`);
        expect((await made(unit)).includes(false)).toBe(false);
        const question = QUESTIONS[unit];
        if (question) expect((await inside(question)).trim().split('\n').at(-1)).toBe('answer');
      },
    );

    it('finds nothing wrong with the units', async () => {
      const files = FIRST_BOOT_UNITS.map(({ name }) => `${UNITS}/${name}.service`);
      for (const path of files) await writeFile(join(root, path), await cli.cat(REF, path));
      await inside(`systemd-analyze verify --man=no ${files.join(' ')}`);
    });
  },
);
