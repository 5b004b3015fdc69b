import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineHas } from '../helpers/root.ts';
import { tempDir } from '../helpers/temp.ts';
import { dpkgSuite, suiteTests, traceSuite } from './dpkg-suite.ts';
import { readTrace } from './dpkg-trace.ts';

const MINUTES = 60_000;

it.runIf(await machineHas('root', 'sandbox', 'archive'))(
  'records what dpkg does in its own tests, without making them fail',
  { timeout: 5 * MINUTES },
  async () => {
    const suite = await dpkgSuite();
    const tests = await suiteTests(suite);
    expect(tests.length).toBeGreaterThan(80);
    // Those that dpkg 1.21 and 1.22 both fail.
    expect(tests.filter(({ fails }) => fails).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['t-dir-leftover-deadlock', 't-dir-shared-replaces-lost', 't-breaks-multiarch']),
    );
    await using dir = await tempDir('suite');
    const chosen = ['t-normal', 't-file-replaces', 't-conffile-forcemiss'];
    const runs = await traceSuite(suite, chosen, dir.path);
    for (const { test, passed, output } of runs) expect(passed, `${test}\n${output}`).toBe(true);

    const trace = await readTrace(join(dir.path, 'trace'));
    const cases = await trace.cases();
    expect([...new Set(cases.map(({ test }) => test))]).toEqual(chosen);
    const [installed, purged] = cases.filter(({ test }) => test === 't-normal');
    expect(installed!.debs).toHaveLength(1);
    const { database } = await trace.state(installed!.state);
    const list = database.find(({ path }) => path === '/info/pkg-normal.list');
    expect((await trace.blob(list!.content!)).toString()).toMatch(/^\/\.\n/);
    expect(purged!.debs).toEqual([]);
    expect(cases.filter(({ test }) => test === 't-file-replaces').some(({ debs }) => debs.length === 2)).toBe(
      true,
    );
    const edits = cases.filter(({ test }) => test === 't-conffile-forcemiss').map(({ edited }) => edited);
    expect(edits[0]).toBe(false);
    expect(edits).toContain(true);
  },
);
