import { describe, expect, it } from 'vitest';
import { machineHas } from '../helpers/root.ts';
import { tempDir } from '../helpers/temp.ts';
import { type Checks, checkSet, type Result } from './oracle.ts';
import { findSet, readSets } from './sets.ts';

/** Sets to check, by name and with commas; what every run checks must stay within minutes. */
const NAMES = (process.env.APT_OSTREE_ORACLE_SETS ?? 'minbase,ssh-nginx').split(',').filter(Boolean);

const MINUTES = 60_000;

function findings({ differences, complaints }: Result): string[] {
  return [...complaints, ...differences.map(({ kind, path, detail }) => `${kind} ${path}: ${detail}`)];
}

describe.runIf(await machineHas('root', 'overlay', 'sandbox', 'archive'))(
  'the root of apt and dpkg',
  async () => {
    const sets = await readSets();
    it.each(NAMES)('%s equals ours, path by path', { timeout: 15 * MINUTES }, async (name) => {
      await using dir = await tempDir('oracle');
      const checks: Checks = { sets, dir: dir.path, bases: new Map() };
      const result = await checkSet(findSet(sets, name), checks);
      expect(findings(result)).toEqual([]);
      expect(result.paths).toBeGreaterThan(5000);
    });
  },
);
