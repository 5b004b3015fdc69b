import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TreefileInput } from '../../lib/compose/treefile-schema.ts';
import { openEngine } from '../../lib/system/engine.ts';
import type { AptOstreeSystem } from '../../lib/system/types.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { machineHas } from '../helpers/root.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { dpkgComplaints } from '../oracle/audit.ts';

const SERVER: TreefileInput = {
  ref: 'test/server',
  recommends: false,
  packages: [
    ...[
      'apt',
      'systemd',
      'systemd-sysv',
      'dbus',
      'openssh-server',
      'curl',
      'ca-certificates',
      'vim-tiny',
      'less',
    ],
    ...['iproute2', 'python3-minimal', 'locales', 'sudo', 'nano'],
  ],
};
const MANY = ['postgresql', 'redis-server', 'git', 'gcc', 'python3', 'emacs-nox', 'texlive-base'];
const MINUTES = 60_000;

describe.runIf(await machineHas('root', 'overlay', 'sandbox', 'archive'))(
  'packages of the real archive',
  () => {
    let dir: TempDir;
    let system: AptOstreeSystem;
    let repo: string;
    const open = (name: string) =>
      openEngine({ repo: join(dir.path, name, 'repo'), cacheDir: join(dir.path, name, 'cache') });

    beforeAll(async () => {
      dir = await tempDir('real');
      repo = join(dir.path, 'first/repo');
      system = await open('first');
    });
    afterAll(async () => dir?.[Symbol.asyncDispose]());

    it('make a server in which every script ran, and the same one again from an empty cache', {
      timeout: 20 * MINUTES,
    }, async () => {
      const lock = join(dir.path, 'lock');
      const first = await system.composeTree({ treefile: SERVER, writeLockfile: lock });
      expect(first.packages.length).toBeGreaterThan(100);
      expect(first.scripts.length).toBeGreaterThan(50);
      expect(first.scripts.every((script) => script.exit === 0)).toBe(true);
      expect(await ostreeCli(repo).fsck()).toBeNull();
      const second = await (await open('second')).composeTree({ treefile: SERVER, lockfile: lock });
      expect(second.commit).toBe(first.commit);
    });

    it('are layered without touching the base', { timeout: 10 * MINUTES }, async () => {
      const base = await ostreeCli(repo).revParse('test/server');
      const result = await system.composeLayer({
        base: 'test/server',
        ref: 'test/nginx',
        install: ['nginx'],
      });
      expect(result.packages.map((p) => p.name)).toContain('nginx');
      expect(result.scripts.every((script) => script.exit === 0)).toBe(true);
      // The base has 13,000 objects; a few hundred are new: the packages, the directories above them, the database.
      expect(result.stats.objects.written).toBeLessThan(500);
      expect(
        (await stat(join(repo, 'extensions/apt-ostree/base', base, 'usr/bin/dpkg'))).nlink,
      ).toBeGreaterThan(1);
      expect(await ostreeCli(repo).fsck()).toBeNull();
    });

    it('stand by the hundred on a layer, and dpkg finds nothing wrong', {
      timeout: 25 * MINUTES,
    }, async () => {
      const rootfs = join(dir.path, 'root');
      const treefile = { repos: 'host', recommends: false } as const;
      const result = await system.composeLayer({
        base: 'test/nginx',
        ref: 'test/many',
        install: MANY,
        treefile,
        rootfs,
      });
      expect(result.packages.length).toBeGreaterThan(80);
      expect(result.scripts.filter((script) => script.exit !== 0)).toEqual([]);
      expect(await dpkgComplaints(rootfs)).toEqual([]);
      expect(await ostreeCli(repo).fsck()).toBeNull();
    });
  },
);
