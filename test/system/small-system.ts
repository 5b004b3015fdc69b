import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreefileInput } from '../../lib/compose/treefile-schema.ts';
import { openRepo } from '../../lib/native/repo.ts';
import { openEngine } from '../../lib/system/engine.ts';
import type { AptOstreeSystem } from '../../lib/system/types.ts';
import { type AptRepo, makeAptRepo } from '../helpers/apt-repo.ts';
import { type Deb, type DebSpec, makeDeb } from '../helpers/deb.ts';
import { requireRoot } from '../helpers/root.ts';
import { type TempDir, tempDir } from '../helpers/temp.ts';

const APPLETS =
  'sh ls cat mkdir rm rmdir touch sleep mv ln grep echo chmod chown test sync cp env true false sed'.split(
    ' ',
  );

/** The one essential package of small trees: a static shell, accounts, and the directories that a system needs. */
const BASE: DebSpec = {
  control: { Package: 'tiny-base', Essential: 'yes', Architecture: 'amd64', Description: 'all of a system' },
  files: [
    'f /usr/bin/busybox 0755 root root',
    ...APPLETS.map((name) => `l /usr/bin/${name} busybox`),
    'f /etc/passwd 0644 root root root:x:0:0:root:/root:/bin/sh\\nnobody:x:65534:65534::/:/bin/false',
    'f /etc/group 0644 root root root:x:0:\\nnogroup:x:65534:',
    'f /usr/lib/os-release 0644 root root ID=tiny\\nPRETTY_NAME=Tiny\\nVERSION_ID=1',
    'l /etc/os-release ../usr/lib/os-release',
    'f /etc/tiny.conf 0644 root root setting=1',
    ...['boot', 'dev', 'proc', 'run', 'sys', 'root', 'home', 'var/tmp', 'var/log', 'srv', 'mnt', 'opt'].map(
      (d) => `d /${d} 0755`,
    ),
    'd /tmp 1777',
  ].join('\n'),
  conffiles: ['/etc/tiny.conf'],
};

/** A system on a folder of its own, with an archive of small packages. */
export interface SmallSystem extends AsyncDisposable {
  dir: string;
  repo: string;
  archive: AptRepo;
  system: AptOstreeSystem;
  treefile(more?: TreefileInput): TreefileInput;
  /** Another engine on another repository and cache. */
  another(name: string): Promise<{ system: AptOstreeSystem; repo: string }>;
  deb(spec: DebSpec): Promise<Deb>;
}

/** Packages beside the base; `archive` says how it is signed. */
export async function smallSystem(
  packages: DebSpec[],
  archive: { signature?: 'signed' | 'wrong-key' | 'unsigned' } = {},
): Promise<SmallSystem> {
  await requireRoot();
  const temp: TempDir = await tempDir('system');
  const dir = temp.path;
  const busybox = await readFile('/bin/busybox');
  const base = { ...BASE, contents: { '/usr/bin/busybox': busybox } };
  const debs: Deb[] = [];
  for (const spec of [base, ...packages]) debs.push(await makeDeb(join(dir, 'debs'), spec));
  const apt = await makeAptRepo(join(dir, 'archive'), { suites: debs, ...archive });
  const open = async (name: string) => {
    const repo = join(dir, name, 'repo');
    return { repo, system: await openEngine({ repo, cacheDir: join(dir, name, 'cache') }) };
  };
  const { system, repo } = await open('first');
  return {
    dir,
    repo,
    archive: apt,
    system,
    treefile: (more = {}) => ({
      ref: 'test/tiny',
      architecture: 'amd64',
      repos: [apt.stanza()],
      packages: [],
      ...more,
    }),
    another: open,
    deb: (spec) => makeDeb(join(dir, 'debs'), spec),
    async [Symbol.asyncDispose]() {
      await apt[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** All refs but those of imported packages, which are a cache, named by their content. */
export async function refsOf(path: string): Promise<[string, string][]> {
  await using repo = await openRepo(path);
  return Object.entries(await repo.listRefs()).filter(([name]) => !name.startsWith('apt-ostree/deb/'));
}
