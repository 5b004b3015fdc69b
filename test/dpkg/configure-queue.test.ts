import { describe, expect, test } from 'vitest';
import { runConfigureQueue } from '../../lib/dpkg/configure-queue.ts';
import type { DpkgDatabase } from '../../lib/dpkg/database.ts';
import { startPostinst } from '../../lib/dpkg/transitions.ts';
import { type SmallPackage, smallDatabase } from './small-database.ts';

interface Hooks {
  postinst?: (name: string, db: DpkgDatabase) => void;
  forceDepends?: boolean;
  todo?: string[];
}

async function run(packages: SmallPackage[], hooks: Hooks = {}) {
  const db = smallDatabase(packages);
  const events: string[] = [];
  const { todo, forceDepends = false, postinst = () => {} } = hooks;
  await runConfigureQueue(db, todo ?? [], {
    mode: todo === undefined ? 'pending' : 'list',
    forceDepends,
    async configure(record) {
      startPostinst(db, record);
      events.push(record.name);
      postinst(record.name, db);
    },
    async processTriggers(record, triggers) {
      events.push(`${record.name} ${triggers.join(' ')}`);
      postinst(record.name, db);
    },
  });
  return { db, events };
}

const unpacked = (name: string, fields: Record<string, string> = {}): SmallPackage => ({
  name,
  state: 'unpacked',
  fields,
});

test('ends when what a package waits for can never be processed', async () => {
  const packages: SmallPackage[] = [
    { name: 'awaiter', state: 'triggers-awaited', triggersAwaited: ['pending'] },
    unpacked('waits', { Depends: 'awaiter' }),
    {
      name: 'pending',
      state: 'triggers-pending',
      triggersPending: ['t'],
      fields: { Depends: 'gone, waits' },
    },
  ];
  const stuck = await reasonsOf(packages, { todo: ['pending:amd64', 'waits:amd64'] });
  expect(stuck).toEqual([
    { package: 'pending', reasons: expect.stringContaining('Package gone is not installed.') },
  ]);
});

const reasonsOf = (packages: SmallPackage[], hooks?: Hooks) =>
  run(packages, hooks).then(
    () => null,
    (error) => error.details,
  );

describe('dependencies that are met', () => {
  test.each([
    ['by a version', { Depends: 'b (>= 1), b (<< 2)' }, {}],
    ['by an alternative', { Depends: 'nothing | b' }, {}],
    ['by a provided name', { Depends: 'virtual' }, { Provides: 'virtual' }],
    ['by a provided version', { Depends: 'virtual (>= 2)' }, { Provides: 'virtual (= 3)' }],
    ['by another architecture', { Depends: 'b:any' }, { 'Multi-Arch': 'allowed' }],
    ['by itself', { Depends: 'own', Provides: 'own' }, {}],
  ])('%s', async (_, depends, provides) => {
    const { events } = await run([unpacked('a', depends), unpacked('b', provides)]);
    expect(events.toSorted()).toEqual(['a', 'b']);
  });
});

describe('dependencies that are not', () => {
  test.each([
    [{ Depends: 'c' }, {}, ' a depends on c; however:\n  Package c is not installed.\n'],
    [{ Depends: 'b (>> 1)' }, {}, ' a depends on b (>> 1); however:\n  Version of b on system is 1.\n'],
    [
      { Depends: 'v (= 2)' },
      { Provides: 'v (= 3)' },
      ' a depends on v (= 2); however:\n  Package v is not installed.\n  Version of v on system, provided by b:amd64, is 3.\n',
    ],
    [{ Depends: 'c:any' }, {}, ' a depends on c:any.\n'],
    [
      {},
      { Breaks: 'a (<< 2)' },
      ' b (1) breaks a (<< 2) and is installed.\n  Version of a to be configured is 1.\n',
    ],
    [{ Provides: 'v' }, { Breaks: 'v' }, ' b (1) breaks v and is installed.\n  a (1) provides v.\n'],
  ])('%j beside %j', async (fields, other, reasons) => {
    const b: SmallPackage = { name: 'b', state: 'installed', fields: other };
    expect(await reasonsOf([unpacked('a', fields), b])).toEqual([{ package: 'a', reasons }]);
  });

  test('are told package by package', async () => {
    const details = await reasonsOf([unpacked('a', { Depends: 'b' }), unpacked('b', { Depends: 'c' })]);
    expect(details).toContainEqual({
      package: 'b',
      reasons: ' b depends on c; however:\n  Package c is not installed.\n',
    });
    expect(details).toContainEqual({
      package: 'a',
      reasons: ' a depends on b; however:\n  Package b is not configured yet.\n',
    });
  });

  test('are overlooked by force once all others are done', async () => {
    const packages = [unpacked('a', { Depends: 'nothing' }), unpacked('b', { Depends: 'a' }), unpacked('c')];
    const { events, db } = await run(packages, { forceDepends: true });
    expect(events).toEqual(['c', 'b', 'a']);
    expect(db.all().every(({ state }) => state === 'installed')).toBe(true);
  });

  test('count only for what is asked for', async () => {
    const details = await reasonsOf([unpacked('a', { Depends: 'b' }), unpacked('b')], { todo: ['a:amd64'] });
    expect(details[0].reasons).toContain('Package b is not configured yet.');
  });
});

test('configures a cycle that begins where there is no postinst', async () => {
  const packages = [unpacked('a', { Depends: 'b' }), { ...unpacked('b', { Depends: 'a' }), postinst: false }];
  expect((await run(packages)).events).toEqual(['b', 'a']);
});

test('refuses instances of different versions', async () => {
  const fields = { 'Multi-Arch': 'same' };
  const details = await reasonsOf([
    { ...unpacked('m', fields), version: '2' },
    { ...unpacked('m', fields), architecture: 'i386' },
  ]);
  expect(details[0].reasons).toBe('m:i386 is at a different version (1)');
});

test('stops at once when a callback fails', async () => {
  const failing = run([unpacked('a'), unpacked('b')], {
    postinst: () => {
      throw new Error('postinst failed');
    },
  });
  await expect(failing).rejects.toThrow('postinst failed');
});

test('gives up on triggers that activate each other', async () => {
  const activate = (name: string, db: DpkgDatabase) => {
    db.absorb('triggers/Unincorp', Buffer.from(name === 't' ? 'u -\n' : 't -\n'));
  };
  const db = smallDatabase([
    { name: 't', state: 'triggers-pending', triggersPending: ['t'] },
    { name: 'u', state: 'installed' },
  ]);
  for (const name of ['t', 'u']) db.interests.add(name, { package: name, await: true });
  const looping = runConfigureQueue(db, [], {
    mode: 'pending',
    configure: async () => {},
    processTriggers: async (record) => activate(record.name, db),
  });
  await expect(looping).rejects.toMatchObject({
    code: 'ERR_TRIGGER_CYCLE',
    details: { chain: expect.arrayContaining(['t', 'u']) },
  });
});
