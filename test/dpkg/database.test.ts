import { expect, test } from 'vitest';
import { DATABASE_DIRECTORIES, DpkgDatabase } from '../../lib/dpkg/database.ts';
import { recordFromControl } from '../../lib/dpkg/record.ts';
import type { PackageRecord } from '../../lib/dpkg/types.ts';
import { changedFiles } from './small-database.ts';

const CONTROL = `Package: Demo
Version: 0:1.0-1
Architecture: amd64
Maintainer: A <a@example>
Depends: a(>1)|b
Essential: no
Multi-Arch: no
Priority: Optional
Filename: pool/demo.deb
X-More: yes
Description: short 
 long
`;

function demo(changes: Partial<PackageRecord> = {}): PackageRecord {
  const record = recordFromControl(CONTROL, 'demo.deb');
  return { ...record, want: 'install', state: 'installed', ...changes };
}

test('writes a stanza in the order and form of dpkg', () => {
  const database = DpkgDatabase.empty('amd64');
  database.add(
    demo({
      state: 'triggers-awaited',
      configVersion: '0.9',
      conffiles: [
        { path: '/etc/a b', hash: 'newconffile', obsolete: false, removeOnUpgrade: false },
        { path: '/etc/c', hash: '0'.repeat(32), obsolete: true, removeOnUpgrade: true },
      ],
      triggersPending: ['t2', 't1'],
      triggersAwaited: ['x', 'y:i386'],
    }),
  );
  expect(database.status().toString()).toBe(`Package: demo
Status: install ok triggers-awaited
Priority: optional
Maintainer: A <a@example>
Architecture: amd64
Version: 1.0-1
Config-Version: 0.9
Depends: a (>= 1) | b
Conffiles:
 /etc/a b newconffile
 /etc/c ${'0'.repeat(32)} obsolete remove-on-upgrade
Description: short 
 long
Triggers-Pending: t2 t1
Triggers-Awaited: x y:i386
X-More: yes

`);
});

test('reads back what it wrote, and turns pending triggers round as each dpkg does', () => {
  const database = DpkgDatabase.empty('amd64');
  const record = demo({ state: 'triggers-pending', triggersPending: ['b', 'a'] });
  database.add(record);
  const writes = new Map(
    database.changes().map((write) => [write.path, 'data' in write ? write.data : null]),
  );
  const source = { read: (path: string) => writes.get(path) ?? null, list: () => [] };
  const again = DpkgDatabase.load(source, { architecture: 'amd64' });
  expect(again.status()).toEqual(database.status());
  expect(again.get('demo')).toMatchObject({ triggersPending: ['b', 'a'], configVersion: '1.0-1' });
  again.reopen();
  expect(again.get('demo')!.triggersPending).toEqual(['a', 'b']);
});

test('gives the files of a fresh admin directory once', () => {
  const database = DpkgDatabase.empty('amd64');
  const modes = Object.fromEntries(
    database.changes().map((write) => [write.path, 'mode' in write && write.mode]),
  );
  expect(modes).toEqual({
    arch: 0o644,
    'info/format': 0o644,
    lock: 0o640,
    'lock-frontend': 0o640,
    status: 0o644,
    'triggers/Lock': 0o600,
    'triggers/Unincorp': 0o644,
  });
  expect(database.changes()).toEqual([]);
  expect(DATABASE_DIRECTORIES.map(({ path }) => path)).toContain('updates');
});

test('notes only what changed', () => {
  const database = DpkgDatabase.empty('amd64');
  database.changes();
  database.add(demo());
  database.setPaths(demo(), ['/.', '/etc', '/etc/demo']);
  database.setInfo(demo(), 'postinst', { mode: 0o755, data: Buffer.from('#!/bin/sh\n') });
  database.setInfo(demo(), 'prerm', { mode: 0o755, checksum: 'ab' });
  expect(Object.keys(changedFiles(database)).sort()).toEqual([
    'info/demo.list',
    'info/demo.postinst',
    'info/demo.prerm',
    'status',
  ]);
  database.removeInfo(demo(), 'prerm');
  expect(changedFiles(database)).toEqual({ 'info/demo.prerm': null });
  database.remove(demo());
  expect(changedFiles(database)).toEqual({ 'info/demo.list': null, 'info/demo.postinst': null, status: '' });
});

test('keeps the owners up to date', () => {
  const database = DpkgDatabase.empty('amd64');
  const other = { ...demo(), name: 'other' };
  database.add(demo());
  database.add(other);
  database.setPaths(demo(), ['/.', '/etc/a']);
  expect(database.owners('/etc/a').map((record) => record.name)).toEqual(['demo']);
  database.setPaths(other, ['/.', '/etc/a']);
  database.setPaths(demo(), ['/.']);
  expect(database.owners('/etc/a').map((record) => record.name)).toEqual(['other']);
  expect(database.owners('/.').length).toBe(2);
  database.remove(other);
  expect(database.owners('/etc/a')).toEqual([]);
});

test('takes over what a script changed', () => {
  const database = DpkgDatabase.empty('amd64');
  database.add(demo());
  database.changes();
  expect(database.absorb('diversions', Buffer.from('/a\n/a.real\ndemo\n/b\n/b.real\n:\n'))).toBe(true);
  expect(database.effectivePath('/a', 'demo')).toBe('/a');
  expect(database.effectivePath('/b', 'demo')).toBe('/b.real');
  database.absorb('statoverride', Buffer.from('root mail 2755 /usr/bin/x\n'));
  expect(database.statOverride('/usr/bin/x')).toMatchObject({ group: 'mail', mode: 0o2755 });
  database.absorb('statoverride', null);
  expect(database.statOverride('/usr/bin/x')).toBeUndefined();
  database.absorb('triggers/Unincorp', Buffer.from('t demo\n'));
  expect(database.absorb('alternatives/awk', Buffer.from(''))).toBe(false);
  database.absorb('info/demo.list', Buffer.from('/.\n/x\n'));
  expect(database.paths(demo())).toEqual(['/.', '/x']);
  expect(database.changes()).toEqual([]);
  expect(database.takeUnincorporated()).toBe('t demo\n');
  expect(changedFiles(database)).toEqual({ 'triggers/Unincorp': '' });
});

test('takes over a hold, and writes its own status again', () => {
  const database = DpkgDatabase.empty('amd64');
  database.add(demo());
  database.changes();
  const held = database.status().toString().replace('install ok installed', 'hold ok unpacked');
  expect(database.absorb('status', Buffer.from(held))).toBe(true);
  expect(changedFiles(database).status).toContain('Status: hold ok installed');
});

test('names a package in the trigger tables as dpkg does, however an older one named it', () => {
  const files: Record<string, string> = {
    status:
      'Package: a\nStatus: install ok installed\nArchitecture: i386\nVersion: 1\n\n' +
      'Package: b\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n',
    'triggers/File': '/x a:i386\n/y b\n',
    'triggers/t': 'a:i386/noawait\n',
  };
  const source = {
    read: (path: string) => (path in files ? Buffer.from(files[path]!) : null),
    list: (dir: string) => (dir === 'triggers' ? ['File', 't'] : []),
  };
  const database = DpkgDatabase.load(source, { architecture: 'amd64' });
  database.interests.add('/z', { package: 'b', await: true });
  database.interests.add('t', { package: 'b', await: true });
  const writes = Object.fromEntries(
    database.changes().map((write) => [write.path, 'data' in write ? write.data.toString() : null]),
  );
  expect(writes).toMatchObject({ 'triggers/File': '/x a\n/y b\n/z b\n' });
  database.interests.remove('/x', 'a');
  database.interests.remove('t', 'a');
  expect(database.interests.inPath('/x')).toEqual([]);
  expect(database.interests.inName('t')).toEqual([{ package: 'b', await: true }]);
});

test('orders instances of a name as dpkg does', () => {
  const database = DpkgDatabase.empty('amd64');
  const same = demo({ fields: [['Multi-Arch', 'same']] });
  database.add({ ...same, architecture: 'i386' });
  database.add(same);
  database.add({ ...demo(), name: 'aaa', architecture: 'all' });
  const keys = database.all().map((record) => database.displayName(record));
  expect(keys).toEqual(['aaa', 'demo:amd64', 'demo:i386']);
  expect(database.get('demo')?.architecture).toBe('amd64');
  expect(database.get('demo:i386')?.architecture).toBe('i386');
});

test.each([
  ['status', 'Status: install ok installed\n', "missing 'Package'"],
  ['status', 'Package: a\nStatus: install ok fine\nVersion: 1\n', 'invalid value'],
  ['status', 'Package: a\nStatus: install ok installed\n', "missing 'Version'"],
  ['diversions', '/a\n/b\n', 'unexpected end of file'],
  ['diversions', '/a\n/b\nx\n/a\n/c\nx\n', 'conflict'],
  ['statoverride', 'root root 9 /a\n', 'syntax error'],
  ['triggers/File', 'x\n', 'syntax error'],
])('refuses a damaged %s: %j', (path, text, reason) => {
  const source = { read: (name: string) => (name === path ? Buffer.from(text) : null), list: () => [] };
  expect(() => DpkgDatabase.load(source, { architecture: 'amd64' })).toThrow(reason);
});
