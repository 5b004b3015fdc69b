import { defineConfig } from 'vitest/config';

/** Tests that mount, run maintainer scripts or fetch: one file after another, once the quick ones are done. */
const heavy = ['test/integration/**/*.test.ts', 'test/oracle/**/*.test.ts', 'test/system/**/*.test.ts'];

const common = {
  // One process per file: native code that dies takes one file with it, and is seen.
  pool: 'forks' as const,
  execArgv: ['--expose-gc'],
  environment: 'node' as const,
};

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/build.ts'],
    projects: [
      {
        extends: true,
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: heavy,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...common,
          name: 'integration',
          include: heavy,
          testTimeout: 900_000,
          hookTimeout: 900_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
