import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runConfigureQueue } from '../../../lib/dpkg/configure-queue.ts';
import { DpkgDatabase } from '../../../lib/dpkg/database.ts';
import { recordKey } from '../../../lib/dpkg/record.ts';
import { startPostinst } from '../../../lib/dpkg/transitions.ts';
import type { PackageRecord } from '../../../lib/dpkg/types.ts';
import { machineHas } from '../../helpers/root.ts';
import { adminSource, installedByApt } from './real-apt.ts';

/** Debian 13 too where asked for, as it takes minutes to make. */
const SUITES = (process.env.APT_OSTREE_TEST_SUITES ?? 'bookworm').split(',');

interface Call {
  args: string[];
  folder: string;
  /** "configure name" and "trigproc name" as dpkg logged them. */
  events: string[];
}

/** The recorded calls of `dpkg --configure`, each with its part of dpkg's log. */
function configureCalls(root: string): Call[] {
  const folders = readdirSync(join(root, 'calls'))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => join(root, 'calls', name));
  const calls = folders
    .map((folder) => ({ args: readFileSync(join(folder, 'args'), 'utf8').trim().split('\n'), folder }))
    .filter(({ args }) => args.includes('--configure'));
  const log = readFileSync(join(root, 'var/log/dpkg.log'), 'utf8').split('\n');
  const runs: string[][] = [];
  for (const line of log) {
    const [, , event, name] = line.split(' ');
    if (event === 'startup') runs.push([line]);
    else if (event === 'configure' || event === 'trigproc') runs.at(-1)?.push(`${event} ${name}`);
  }
  const configures = runs.filter(([first]) => first!.endsWith('configure'));
  return calls.map((call, index) => ({ ...call, events: configures[index]!.slice(1) }));
}

async function replay({ args, folder }: Call, hashes: (record: PackageRecord) => PackageRecord['conffiles']) {
  const db = DpkgDatabase.load(adminSource(join(folder, 'db')), { architecture: 'amd64' });
  const pending = args.includes('--pending');
  const todo = args.slice(args.indexOf('--configure') + 1).filter((name) => !name.startsWith('-'));
  const events: string[] = [];
  await runConfigureQueue(db, pending ? [] : todo.map((name) => recordKey(db.get(name)!)), {
    mode: pending ? 'pending' : 'list',
    triggersEnabled: !args.includes('--no-triggers'),
    async configure(record) {
      events.push(`configure ${recordKey(record)}`);
      startPostinst(db, record, hashes(record));
    },
    async processTriggers(record) {
      events.push(`trigproc ${recordKey(record)}`);
    },
  });
  return { db, events };
}

describe.runIf(await machineHas('root', 'archive')).each(SUITES)(
  'the calls of a real apt-get install in %s',
  (suite) => {
    let calls: Call[];
    let final: DpkgDatabase;
    beforeAll(async () => {
      const root = await installedByApt(suite);
      calls = configureCalls(root);
      final = DpkgDatabase.load(adminSource(join(root, 'var/lib/dpkg')), { architecture: 'amd64' });
    });

    test('configure and process triggers in the same order', async () => {
      expect(calls.length).toBeGreaterThan(3);
      expect(calls.flatMap(({ events }) => events).length).toBeGreaterThan(90);
      for (const call of calls) {
        const { events } = await replay(call, (record) => record.conffiles);
        expect(events).toEqual(call.events);
      }
    });

    test('end in the same status file', async () => {
      const hashes = (record: PackageRecord) => final.get(record.name, record.architecture)!.conffiles;
      const { db } = await replay(calls.at(-1)!, hashes);
      expect(db.status().toString()).toBe(final.status().toString());
    });
  },
);
