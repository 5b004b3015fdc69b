import { describe, expect, it } from 'vitest';
import { machineHas } from '../helpers/root.ts';
import { tempDir } from '../helpers/temp.ts';
import { CHAINS } from './chains.ts';
import { checkChain } from './check-chain.ts';
import { chosenFor } from './chosen.ts';
import { type Checks, checkSet, type Result } from './oracle.ts';
import { findSet, readSets } from './sets.ts';

/** Names of sets to check, with commas; default: some that every run checks, and others by the day. */
const NAMES = process.env.APT_OSTREE_ORACLE_SETS?.split(',').filter(Boolean);

const MINUTES = 60_000;

function findings({ differences, complaints }: Result): string[] {
  return [...complaints, ...differences.map(({ kind, path, detail }) => `${kind} ${path}: ${detail}`)];
}

describe.runIf(await machineHas('root', 'overlay', 'sandbox', 'archive'))(
  'the root of apt and dpkg',
  async () => {
    const sets = await readSets();
    const all = [...sets, ...CHAINS].map(({ name }) => name);
    it.each(NAMES ?? chosenFor(new Date(), all))(
      '%s equals ours, path by path',
      { timeout: 15 * MINUTES },
      async (name) => {
        await using dir = await tempDir('oracle');
        const checks: Checks = { sets, dir: dir.path, bases: new Map() };
        const chain = CHAINS.find((found) => found.name === name);
        const results = chain
          ? await checkChain(chain, checks)
          : [await checkSet(findSet(sets, name), checks)];
        for (const result of results) {
          expect(findings(result), result.set).toEqual([]);
          expect(result.paths).toBeGreaterThan(5000);
        }
      },
    );
  },
);
