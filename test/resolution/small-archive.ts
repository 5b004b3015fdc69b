import { createServer, type Server } from 'node:net';
import { type AptHost, openAptHost } from '../../lib/resolution/apt-host.ts';
import type { AptTarget } from '../../lib/resolution/plan.ts';
import { type AptRepo, makeAptRepo } from '../helpers/apt-repo.ts';
import { type Deb, makeDeb } from '../helpers/deb.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';
import { aptTarget, nativeArchitecture } from './support.ts';

/** A signed archive of a few packages, and targets that use its suite "stable". */
export interface SmallArchive extends AsyncDisposable {
  dir: TempDir;
  repo: AptRepo;
  debs: Record<string, Deb>;
  newTarget(changes?: Partial<AptTarget>): AptTarget;
  /** A refreshed host of a new target. */
  open(changes?: Partial<AptTarget>): Promise<AptHost>;
}

const PACKAGES: Record<string, Record<string, string>> = {
  app: { Depends: 'libone (>= 1), libtwo | libtwo-old', Recommends: 'manual' },
  libone: { 'Pre-Depends': 'core' },
  libtwo: {},
  core: { Essential: 'yes', Architecture: nativeArchitecture },
  manual: {},
  broken: { Depends: 'middle' },
  middle: { Depends: 'libone (>= 9), nowhere' },
  rival: { Conflicts: 'libtwo', Provides: 'virtual-thing' },
  other: { Provides: 'virtual-thing, single-thing' },
};

export async function makeSmallArchive(): Promise<SmallArchive> {
  const dir = await tempDir('small-archive');
  const make = (Package: string, fields: Record<string, string>) =>
    makeDeb(dir.path, {
      control: { Package, ...fields },
      files: `f /usr/share/${Package} 0644 root root x`,
    });
  const debs: Record<string, Deb> = {};
  for (const [name, fields] of Object.entries(PACKAGES)) debs[name] = await make(name, fields);
  const newer = await make('libone', { Version: '2.0', 'Pre-Depends': 'core' });
  const suites = { stable: Object.values(debs), testing: [newer] };
  const repo = await makeAptRepo(dir.file('repo'), { suites });
  let targets = 0;
  const newTarget = (changes: Partial<AptTarget> = {}) =>
    aptTarget(dir.file(`target${targets++}`), { repos: [repo.stanza('stable')], ...changes });
  return {
    dir,
    repo,
    debs,
    newTarget,
    async open(changes) {
      const host = await openAptHost(newTarget(changes));
      await host.refresh();
      return host;
    },
    async [Symbol.asyncDispose]() {
      await repo[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Takes connections and never answers. */
export async function silentServer(): Promise<{ server: Server; uri: string }> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  return { server, uri: `http://127.0.0.1:${port}/debian` };
}
