import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileSha256 } from '../../lib/resolution/file-hash.ts';
import { DependencyResolver, type ResolvedDependencies } from '../../lib/resolution/resolver.ts';
import { machineHas } from '../helpers/root.ts';
import { run } from '../helpers/run.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { aptTarget, request } from './support.ts';

const SERVER =
  'apt systemd systemd-sysv dbus openssh-server curl ca-certificates vim-tiny less iproute2 python3-minimal locales sudo nano'.split(
    ' ',
  );

describe.runIf(await machineHas('root', 'archive'))(
  'DependencyResolver on the archive of this machine',
  () => {
    let dir: TempDir;
    let resolver: DependencyResolver;
    let resolved: ResolvedDependencies;

    beforeAll(async () => {
      dir = await tempDir('archive');
      resolver = await DependencyResolver.open(aptTarget(dir.path, { maxAge: 3600 }));
      resolved = await resolver.resolve(request(SERVER, { essential: true }));
    });
    afterAll(async () => {
      await resolver.close();
      await dir[Symbol.asyncDispose]();
    });

    it('plans the packages of apt-get, in its order', async () => {
      const { solution } = await resolver.resolve(
        request(SERVER, { essential: true, exclude: ['usrmerge'] }),
      );
      const { operations, install } = await resolver.host.resolve(request(SERVER, { essential: true }));
      const text = await run('apt-get', ['-s', 'install', '?essential', ...SERVER], {
        env: { APT_CONFIG: resolver.host.configFile },
      });
      const theirs = [...text.matchAll(/^(Inst|Conf) (\S+) \((\S+)/gm)].map(([, verb, name, version]) => [
        verb,
        name,
        version,
      ]);
      const version = new Map(install.map((item) => [item.name, item.version]));
      const ours = operations.map(({ kind, name }) => [
        kind === 'unpack' ? 'Inst' : 'Conf',
        name,
        version.get(name),
      ]);
      // What apt-get configures beyond ours is the final run, whose order is dpkg's own.
      expect(ours).toEqual(theirs.slice(0, ours.length));
      expect(theirs.filter(([verb]) => verb === 'Inst')).toHaveLength(install.length);
      expect(solution.install.map(({ name }) => name)).not.toContain('usrmerge');
    });

    it('says of every package why it is there', () => {
      const unexplained = resolved.solution.install.filter(
        ({ reason }) => reason === 'needed by an installed package',
      );
      expect(unexplained).toEqual([]);
      const requested = resolved.solution.install.filter(({ reason }) => reason === 'requested');
      expect(requested.map(({ name }) => name)).toEqual(expect.arrayContaining(['nano', 'sudo']));
      for (const { sha256, filename, size } of resolved.solution.install) {
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(filename).toMatch(/^pool\/.*\.deb$/);
        expect(size).toBeGreaterThan(0);
      }
    });

    it('prefers usr-is-merged in a tree that starts empty', () => {
      const names = resolved.solution.install.map(({ name }) => name);
      expect(names).not.toContain('usrmerge');
      expect(names).not.toContain('libfile-find-rule-perl');
    });

    it('orders every package after what it needs, except in a cycle', () => {
      const { graph, levels, cycles, order } = resolved;
      expect(levels.flat().sort()).toEqual([...graph.nodes.keys()].sort());
      expect([...order].sort()).toEqual([...graph.nodes.keys()].sort());
      const position = new Map(order.map((id, n) => [id, n]));
      const together = (a: string, b: string) =>
        cycles.some((group) => group.includes(a) && group.includes(b));
      const late = graph.edges.filter(
        ({ from, to, kind }) =>
          kind !== 'Recommends' &&
          from !== to &&
          !together(from, to) &&
          position.get(to)! > position.get(from)!,
      );
      expect(late).toEqual([]);
      expect(cycles.length).toBeGreaterThan(0);
    });

    it('fetches packages, each named as soon as it is there', async () => {
      const wanted = resolved.solution.install.filter(({ name }) => ['nano', 'sudo', 'less'].includes(name));
      const seen: string[] = [];
      const debs = await resolver.host.fetch(wanted, { onFile: (deb) => seen.push(deb.package.name) });
      expect(debs.map((deb) => deb.package)).toEqual(wanted);
      expect(seen.sort()).toEqual(['less', 'nano', 'sudo']);
      for (const deb of debs) {
        expect(deb.file.startsWith(dir.file('archives/'))).toBe(true);
        expect(await fileSha256(deb.file)).toBe(deb.package.sha256);
      }
    });
  },
);
