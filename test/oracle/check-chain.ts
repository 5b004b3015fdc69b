import { createHash } from 'node:crypto';
import { cached } from '../helpers/cache.ts';
import { makeDeb } from '../helpers/deb.ts';
import type { Chain, ChainStep } from './chains.ts';
import { type Checks, compareRoots, madeBase, type Result } from './oracle.ts';
import { layerOurs, refOf } from './ours.ts';
import { makeReference } from './reference.ts';
import { baseOf, type PackageSet } from './sets.ts';

async function buildStep(step: ChainStep): Promise<string[]> {
  const key = createHash('sha256').update(JSON.stringify(step)).digest('hex').slice(0, 16);
  const dir = await cached(`chain-debs-${key}`, async (partial) => {
    for (const spec of step.install) await makeDeb(partial, spec);
  });
  return step.install.map(({ control }) => `${dir}/${control.Package}_${control.Version}_all.deb`);
}

/** Each transaction of a chain as a layer; apt stands on apt's result of the one before, and we on ours. */
export async function checkChain(chain: Chain, checks: Checks): Promise<Result[]> {
  const sets: PackageSet[] = [];
  for (const [index, step] of chain.steps.entries()) {
    const packages = await buildStep(step);
    sets.push({ name: `${chain.name}-${index + 1}`, kind: 'layer', packages, remove: step.remove ?? [] });
  }
  const base = baseOf(checks.sets, sets[0]!)!;
  let below = { root: (await madeBase(base, checks)).root, ref: refOf(base) };
  const results: Result[] = [];
  for (const set of sets) {
    const reference = await makeReference(set, { base: below.root, dir: checks.dir });
    results.push(await compareRoots(set, reference, await layerOurs(set, below.ref, checks.dir)));
    below = { root: reference.root, ref: refOf(set) };
  }
  return results;
}

/** What dpkg does not repeat of a chain. */
export async function checkChainReference(
  chain: Chain,
  { sets, dir }: Pick<Checks, 'sets' | 'dir'>,
): Promise<Result[]> {
  const results: Result[] = [];
  let roots: [string, string] | null = null;
  for (const [index, step] of chain.steps.entries()) {
    const packages = await buildStep(step);
    const set: PackageSet = {
      name: `${chain.name}-${index + 1}`,
      kind: 'layer',
      packages,
      remove: step.remove ?? [],
    };
    const start = (await makeReference(baseOf(sets, set)!)).root;
    const [one, two] = roots ?? [start, start];
    const first = await makeReference(set, { base: one, dir });
    const second = await makeReference(set, { base: two, dir, run: 'second' });
    results.push(await compareRoots(set, first, second));
    roots = [first.root, second.root];
  }
  return results;
}
