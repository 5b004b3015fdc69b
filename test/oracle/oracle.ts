import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Allowed, type Excused, judge, readAllowed, readKept } from './allowed.ts';
import { dpkgComplaints } from './audit.ts';
import { compareSnapshots, type Difference } from './compare.ts';
import { composeBase, composeOurs, layerOurs, type Made, refOf } from './ours.ts';
import { makeReference } from './reference.ts';
import { bothMade } from './refuse.ts';
import { baseOf, type PackageSet } from './sets.ts';
import { takeSnapshot } from './snapshot.ts';

/** What came out for one set. */
export interface Result {
  set: string;
  packages: number;
  paths: number;
  differences: Difference[];
  excused: Excused[];
  /** What dpkg says of our tree and does not say of its own. */
  complaints: string[];
  seconds: { ours: number; dpkg: number };
  roots: { ours: string; dpkg: string };
}

async function installed(root: string): Promise<number> {
  const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
  return status.match(/^Status: \S+ ok installed$/gm)?.length ?? 0;
}

/** Compares two finished roots; `table` says what may differ. */
export async function compareRoots(
  set: PackageSet,
  reference: Made,
  made: Made,
  table?: Allowed[],
): Promise<Result> {
  const [theirs, ours] = [await takeSnapshot(reference.root), await takeSnapshot(made.root)];
  const allowed = table ?? (await readAllowed());
  const verdict = await judge(compareSnapshots(theirs, ours), allowed, [theirs, ours]);
  const known = new Set(await dpkgComplaints(reference.root));
  return {
    set: set.name,
    packages: await installed(reference.root),
    paths: theirs.entries.size,
    ...verdict,
    complaints: (await dpkgComplaints(made.root)).filter((line) => !known.has(line)),
    seconds: { ours: made.seconds, dpkg: reference.seconds },
    roots: { ours: made.root, dpkg: reference.root },
  };
}

export interface Checks {
  sets: PackageSet[];
  /** Folder for our repository and roots; the caller's to remove. Bases in it are used again. */
  dir: string;
  /** Bases that were made in `dir`, by suite and name. */
  bases: Map<string, Made>;
}

/** Composes a base once. */
export async function madeBase(base: PackageSet, checks: Checks): Promise<Made> {
  const key = `${base.suite}/${base.name}`;
  const made = checks.bases.get(key) ?? (await composeBase(base, checks.dir));
  checks.bases.set(key, made);
  return made;
}

/** Makes a set with dpkg and with the engine and compares the two roots. */
export async function checkSet(set: PackageSet, checks: Checks): Promise<Result> {
  const base = baseOf(checks.sets, set);
  if (!base) return compareRoots(set, await makeReference(set), await composeOurs(set, checks.dir));
  const below = await madeBase(base, checks);
  const { dir } = checks;
  const [ours, theirs] = await bothMade(
    () => layerOurs(set, refOf(base), dir),
    () => makeReference(set, { base: below.root, dir }),
  );
  return compareRoots(set, theirs, ours);
}

/** Makes a set twice with dpkg: what differs then is not the engine's, and belongs in the table. */
export async function checkReference(
  set: PackageSet,
  { sets, dir }: Pick<Checks, 'sets' | 'dir'>,
): Promise<Result> {
  const base = baseOf(sets, set);
  const below = base ? { base: (await makeReference(base)).root, dir } : {};
  const first = await makeReference(set, below);
  const second = await makeReference(set, { ...below, run: 'second' });
  return compareRoots(set, first, second);
}

/** Makes a set twice with the engine: nothing may differ but what the table says is kept as it comes. */
export async function checkRepeat(set: PackageSet, checks: Checks): Promise<Result> {
  const base = baseOf(checks.sets, set);
  if (base) await madeBase(base, checks);
  const make = (run: string) =>
    base ? layerOurs(set, refOf(base), checks.dir, run) : composeOurs(set, checks.dir, run);
  const first = await make('');
  return compareRoots(set, first, await make('-again'), await readKept());
}
