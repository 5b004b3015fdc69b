import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../helpers/cache.ts';
import { today } from '../helpers/minbase.ts';
import { SOURCE_DATE_EPOCH } from './conditions.ts';
import { composeReference } from './reference-compose.ts';
import { layerReference } from './reference-layer.ts';
import type { PackageSet } from './sets.ts';

/** A plain root that apt and dpkg made. Shared: never write into it. */
export interface Reference {
  root: string;
  /** dpkg's own log of the run, to see orders. */
  log: string;
  seconds: number;
}

export interface ReferenceOptions {
  /** The root below a layer. */
  base?: string;
  /** Where the root of a layer is kept, for as long as its base; that of a compose is kept for the day. */
  dir?: string;
  /** Tells two runs for the same set apart, to see what dpkg itself does not repeat. */
  run?: string;
}

/** The root that real apt and dpkg make of a set. */
export async function makeReference(set: PackageSet, options: ReferenceOptions = {}): Promise<Reference> {
  const { base, run, dir: home } = options;
  const inputs = JSON.stringify([set, base ?? null, run ?? null, SOURCE_DATE_EPOCH]);
  const key = createHash('sha256').update(inputs).digest('hex').slice(0, 16);
  const make = async (partial: string) => {
    const started = performance.now();
    if (set.kind === 'compose') await composeReference(set, partial);
    else if (base) await layerReference(set, partial, base);
    else throw new Error(`the layer ${set.name} needs the root of its base`);
    await writeFile(join(partial, 'seconds'), String((performance.now() - started) / 1000));
  };
  const name = `reference-${set.name}-${key}-${today()}`;
  const dir = await cached(name, make, set.kind === 'layer' ? home : undefined);
  const seconds = Number(await readFile(join(dir, 'seconds'), 'utf8'));
  return { root: join(dir, 'root'), log: join(dir, 'dpkg.log'), seconds };
}
