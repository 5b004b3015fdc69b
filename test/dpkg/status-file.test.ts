import { expect, test } from 'vitest';
import { DpkgDatabase } from '../../lib/dpkg/database.ts';

const installed = (architecture: string, rest = '') =>
  `Package: a\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: 1\n${rest}\n`;
const single = (architecture: string) => installed(architecture);
const same = (architecture: string) => installed(architecture, 'Multi-Arch: same\n');

test('takes the last stanza of an instance that stands in the status file twice', () => {
  const status = `${same('amd64')}${same('i386')}${same('amd64').replace('Version: 1', 'Version: 2')}`;
  const source = { read: (path: string) => (path === 'status' ? Buffer.from(status) : null), list: () => [] };
  const database = DpkgDatabase.load(source, { architecture: 'amd64' });
  expect(database.instances('a').map(({ version }) => version)).toEqual(['2', '1']);
});

test('names the files of a package by its architecture where an old database does not', () => {
  const files: Record<string, string> = {
    status: same('amd64'),
    'info/a.list': '/.\n/x\n',
    'info/a.postinst': 'true\n',
  };
  const source = {
    read: (path: string) => (path in files ? Buffer.from(files[path]!) : null),
    list: (dir: string) => (dir === 'info' ? ['a.list', 'a.postinst'] : []),
  };
  const database = DpkgDatabase.load(source, { architecture: 'amd64' });
  expect(database.paths(database.get('a')!)).toEqual(['/.', '/x']);
  const writes = Object.fromEntries(
    database.changes().map((write) => [write.path, 'data' in write ? write.data.toString() : null]),
  );
  expect(writes).toEqual({
    'info/a.list': null,
    'info/a:amd64.list': '/.\n/x\n',
    'info/a.postinst': null,
    'info/a:amd64.postinst': 'true\n',
    'info/format': '1\n',
  });
});

test('takes a blank line within a value of the status file, and keeps it', () => {
  const status = installed('amd64', 'Description: short\n long\n \n longer\n');
  const source = { read: (path: string) => (path === 'status' ? Buffer.from(status) : null), list: () => [] };
  const database = DpkgDatabase.load(source, { architecture: 'amd64' });
  expect(database.status().toString()).toContain('Description: short\n long\n \n longer\n');
});

test('refuses a database whose journal dpkg has not merged', () => {
  const source = { read: () => null, list: (dir: string) => (dir === 'updates' ? ['0001', 'tmp.i'] : []) };
  expect(() => DpkgDatabase.load(source, { architecture: 'amd64' })).toThrow('dpkg was interrupted');
});

test.each([
  [`${single('amd64')}${single('amd64')}`, 'several instances'],
  [`${single('amd64')}${single('i386')}`, 'several instances'],
  [`${same('amd64')}${single('i386')}`, 'not co-installable'],
])('refuses instances that cannot be installed together: %j', (status, reason) => {
  const source = { read: (path: string) => (path === 'status' ? Buffer.from(status) : null), list: () => [] };
  expect(() => DpkgDatabase.load(source, { architecture: 'amd64' })).toThrow(reason);
});
