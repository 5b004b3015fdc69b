import { describe, test } from 'vitest';
import { machineHas } from '../../helpers/root.ts';
import { tempDir } from '../../helpers/temp.ts';
import { randomNumbers } from '../../oracle/random.ts';
import { Both } from './both.ts';
import { RandomSteps } from './random-steps.ts';
import { RealDpkg } from './real-dpkg.ts';

const SEEDS = Number(process.env.APT_OSTREE_TEST_SEEDS ?? 6);
const FIRST = Number(process.env.APT_OSTREE_TEST_FIRST_SEED ?? 1);
const STEPS = 14;

describe.runIf(await machineHas('root'))('what happens at random is what real dpkg does', () => {
  test.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))('seed %i', async (seed) => {
    await using dir = await tempDir('dpkg');
    const both = new Both(await RealDpkg.create(dir.file('root'), []), dir.file('debs'));
    const steps = new RandomSteps(randomNumbers(seed), both.model);
    for (let count = 0; count < STEPS; count++) if (!(await both.try(steps.step()))) break;
  });
});
