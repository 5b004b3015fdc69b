import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostRepos } from '../helpers/host-sources.ts';
import { run } from '../helpers/run.ts';
import { SOURCE_DATE_EPOCH } from './conditions.ts';
import { DEFAULT_SUITE, type PackageSet } from './sets.ts';
import { CHECKOUT } from './source.ts';

/** A plain root that the engine made through its command line. */
export interface Made {
  root: string;
  seconds: number;
}

const CLI = join(CHECKOUT, 'dist/cli/main.js');

async function treefile(set: PackageSet, ref: string): Promise<string> {
  const repos = await hostRepos(set.suite ?? DEFAULT_SUITE, set);
  const { packages, recommends = false } = set;
  return JSON.stringify(
    { edition: '2026', ref, repos, packages, recommends, essential: true, initramfs: 'none' },
    null,
    2,
  );
}

/** `apt-ostree compose VERB ARGS...` with the repository and the cache of `dir`. */
async function compose(verb: string, args: string[], dir: string): Promise<void> {
  const options = [`--repo=${join(dir, 'repo')}`, `--cachedir=${join(dir, 'cache')}`, '--progress=none'];
  await run(process.execPath, [CLI, 'compose', verb, ...options, ...args], { env: { SOURCE_DATE_EPOCH } });
}

async function timed(root: string, work: () => Promise<void>): Promise<Made> {
  await rm(root, { recursive: true, force: true });
  const started = performance.now();
  await work();
  return { root, seconds: (performance.now() - started) / 1000 };
}

/** dpkg knows no accounts of an earlier tree. */
const FROM_NOTHING = '--no-parent';

/** The ref under which a set's commit is kept. */
export const refOf = (set: PackageSet) => `oracle/${set.suite ?? DEFAULT_SUITE}/${set.name}`;

async function writeTreefile(set: PackageSet, dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, `${set.name}.json`);
  await writeFile(path, await treefile(set, refOf(set)));
  return path;
}

/** Composes a set into a plain root below `dir`; `run` tells two roots of one set apart. */
export async function composeOurs(set: PackageSet, dir: string, run = ''): Promise<Made> {
  const root = join(dir, `root-${set.name}${run}`);
  const file = await writeTreefile(set, dir);
  return timed(root, () => compose('rootfs', [file, root], dir));
}

/** Composes a base into the repository below `dir`, and its plain root, which a reference starts from. */
export async function composeBase(base: PackageSet, dir: string): Promise<Made> {
  const file = await writeTreefile(base, dir);
  await compose('tree', [file, FROM_NOTHING], dir);
  return composeOurs(base, dir);
}

/** Layers a set onto a commit of the repository below `dir`. */
export async function layerOurs(set: PackageSet, base: string, dir: string, run = ''): Promise<Made> {
  const root = join(dir, `root-${set.name}${run}`);
  const file = await writeTreefile({ ...set, packages: [] }, dir);
  const options = [`--base=${base}`, `--ref=${refOf(set)}${run}`, `--treefile=${file}`, `--rootfs=${root}`];
  const removals = (set.remove ?? []).map((name) => `--remove=${name}`);
  return timed(root, () => compose('layer', [...set.packages, ...removals, ...options, FROM_NOTHING], dir));
}
