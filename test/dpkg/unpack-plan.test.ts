import { describe, expect, test } from 'vitest';
import { disappearing } from '../../lib/dpkg/disappear.ts';
import { recordFromControl } from '../../lib/dpkg/record.ts';
import {
  checkOwner,
  type EntryOnDisk,
  keepsExisting,
  refuseConflict,
  refuseDiverted,
  takeOver,
  type Unpacking,
} from '../../lib/dpkg/unpack-plan.ts';
import { type SmallPackage, smallDatabase } from './small-database.ts';

const FILE: EntryOnDisk = { type: 'file', standing: 'file' };

function unpacking(fields: Record<string, string>, others: SmallPackage[]): Unpacking {
  const control = { Package: 'new', Version: '2', Architecture: 'amd64', ...fields };
  const text = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
  return { db: smallDatabase(others), record: recordFromControl(text.join(''), 'new'), conffiles: new Set() };
}

function owner(changes: Partial<SmallPackage> = {}): SmallPackage {
  return { name: 'old', state: 'installed', paths: ['/.', '/usr', '/usr/x'], ...changes };
}

describe('a path that another package lists', () => {
  test.each([
    ['is taken over with Replaces', { Replaces: 'old' }, {}, 'replace'],
    ['is taken over from the version that is meant', { Replaces: 'old (<< 2)' }, {}, 'replace'],
    ['is refused from another version', { Replaces: 'old (<< 1)' }, {}, 'conflict'],
    ['is left to who replaces this', {}, { fields: { Replaces: 'new (<= 2)' } }, 'skip'],
    ['is refused without Replaces', {}, {}, 'conflict'],
    ['is free when only configuration is left', {}, { state: 'config-files' }, 'ok'],
  ] as const)('%s', (_, fields, changes, verdict) => {
    const plan = unpacking(fields, [owner(changes)]);
    expect(checkOwner(plan, '/usr/x', FILE).verdict).toBe(verdict);
  });

  test('is free for who removes the owner', () => {
    const plan = { ...unpacking({}, [owner()]), removing: new Set(['old:amd64']) };
    expect(checkOwner(plan, '/usr/x', FILE).verdict).toBe('ok');
  });

  test('is free when one of them diverts it', () => {
    const plan = unpacking({}, [owner()]);
    plan.db.setDiversions([{ from: '/usr/x', to: '/usr/x.real', package: 'old' }]);
    expect(checkOwner(plan, '/usr/x', FILE).verdict).toBe('ok');
    plan.db.setDiversions([{ from: '/usr/x', to: '/usr/x.real', package: null }]);
    expect(checkOwner(plan, '/usr/x', FILE).verdict).toBe('conflict');
  });

  test('is free as a directory that is not there yet', () => {
    const plan = unpacking({}, [owner()]);
    expect(checkOwner(plan, '/usr', { type: 'dir', standing: 'nothing' }).verdict).toBe('ok');
    expect(checkOwner(plan, '/usr', { type: 'dir', standing: 'file' }).verdict).toBe('conflict');
  });

  test('is free as an obsolete conffile that is one here', () => {
    const conffiles = [{ path: '/usr/x', hash: 'h', obsolete: true, removeOnUpgrade: false }];
    const plan = { ...unpacking({}, [owner({ conffiles })]), conffiles: new Set(['/usr/x']) };
    expect(checkOwner(plan, '/usr/x', FILE).verdict).toBe('ok');
  });

  test('is shared by instances of one version', () => {
    const fields = { 'Multi-Arch': 'same' };
    const instance = (version: string) => owner({ name: 'new', architecture: 'i386', version, fields });
    expect(checkOwner(unpacking(fields, [instance('2')]), '/usr/x', FILE).verdict).toBe('shared');
    expect(checkOwner(unpacking(fields, [instance('1')]), '/usr/x', FILE).verdict).toBe('ok');
  });
});

test('names both packages of a conflict in dpkg words', () => {
  const plan = unpacking({}, [owner({ fields: { 'Multi-Arch': 'same' } })]);
  const answer = checkOwner(plan, '/usr/x', FILE);
  if (answer.verdict !== 'conflict') throw new Error(answer.verdict);
  expect(() => refuseConflict(plan, '/usr/x', { owner: answer.owner, entry: FILE })).toThrow(
    "new 2: trying to overwrite '/usr/x', which is also in package old:amd64 1",
  );
  const entry: EntryOnDisk = { type: 'file', standing: 'dir' };
  expect(() => refuseConflict(plan, '/usr/x', { owner: answer.owner, entry })).toThrow('overwrite directory');
});

test('refuses the target of a diversion', () => {
  const plan = unpacking({}, []);
  plan.db.setDiversions([{ from: '/a', to: '/a.real', package: 'd' }]);
  expect(() => refuseDiverted(plan, '/a.real')).toThrow("the diverted version of '/a' (package: d)");
  expect(refuseDiverted(plan, '/a')).toBeUndefined();
});

test.each([
  ['dir', 'dir', true, false, true],
  ['dir', 'symlink', true, false, true],
  ['dir', 'file', false, false, false],
  ['dir', 'symlink', false, false, false],
  ['symlink', 'dir', true, false, true],
  ['symlink', 'symlink', true, true, true],
  ['symlink', 'symlink', true, false, false],
  ['file', 'dir', true, false, false],
  ['other', 'file', false, false, false],
] as const)(
  'a %s over a %s (to a directory: %s, the same: %s) stays: %s',
  (type, standing, leadsToDir, sameTarget, expected) => {
    expect(keepsExisting(type, { standing, leadsToDir, sameTarget })).toBe(expected);
  },
);

test('takes what was unpacked from the lists of others', () => {
  const conffiles = [{ path: '/etc/x', hash: 'h', obsolete: false, removeOnUpgrade: false }];
  const plan = unpacking({ Replaces: 'old' }, [
    owner({ paths: ['/.', '/etc', '/etc/x', '/usr/y'], conffiles }),
  ]);
  takeOver({ ...plan, conffiles: new Set(['/etc/x']) }, new Set(['/etc/x', '/usr/z']));
  const old = plan.db.get('old')!;
  expect(plan.db.paths(old)).toEqual(['/.', '/etc', '/usr/y']);
  expect(old.conffiles[0]!.obsolete).toBe(true);
});

describe('a package of which nothing is left', () => {
  const paths = new Set(['/.', '/usr', '/usr/x', '/usr/new']);
  const gone = (others: SmallPackage[]) => {
    const plan = unpacking({}, [owner(), ...others]);
    plan.db.add({ ...plan.record, want: 'install', state: 'half-installed' });
    plan.db.setPaths(plan.record, [...paths]);
    return disappearing(plan.db, { record: plan.record, paths }).map(({ name }) => name);
  };

  test('disappears', () => {
    expect(gone([])).toEqual(['old']);
  });

  test('stays when another one needs it', () => {
    expect(gone([{ name: 'user', state: 'installed', fields: { Depends: 'old' } }])).toEqual([]);
    expect(gone([{ name: 'user', state: 'installed', fields: { Recommends: 'old | new' } }])).toEqual([
      'old',
    ]);
    expect(gone([{ name: 'user', state: 'unpacked', fields: { Depends: 'old' } }])).toEqual(['old']);
  });

  test('stays when it diverts one of the paths', () => {
    const plan = unpacking({}, [owner()]);
    plan.db.add({ ...plan.record, want: 'install', state: 'half-installed' });
    plan.db.setDiversions([{ from: '/usr/x', to: '/usr/x.real', package: 'old' }]);
    expect(disappearing(plan.db, { record: plan.record, paths })).toEqual([]);
  });
});
