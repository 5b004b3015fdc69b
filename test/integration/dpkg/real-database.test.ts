import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { DpkgDatabase } from '../../../lib/dpkg/database.ts';
import { serializeDiversions } from '../../../lib/dpkg/diversions.ts';
import { changedFiles } from '../../dpkg/small-database.ts';
import { minbase } from '../../helpers/minbase.ts';
import { machineHas } from '../../helpers/root.ts';
import { adminSource } from './real-apt.ts';

describe.runIf(await machineHas('root', 'archive'))('a real admin directory', () => {
  let folder: string;
  beforeAll(async () => {
    folder = join(await minbase(), 'var/lib/dpkg');
  });

  test('is written as it was read', () => {
    const database = DpkgDatabase.load(adminSource(folder), { architecture: 'amd64' });
    expect(database.changes()).toEqual([]);
    expect(database.all().length).toBeGreaterThan(80);
    expect(database.status().toString()).toBe(readFileSync(join(folder, 'status'), 'utf8'));
    const diversions = serializeDiversions(database.diversions.entries);
    expect(diversions).toBe(readFileSync(join(folder, 'diversions'), 'utf8'));
  });

  test('writes every list and interest as dpkg did', () => {
    const database = DpkgDatabase.load(adminSource(folder), { architecture: 'amd64' });
    for (const record of database.all()) database.setPaths(record, [...database.paths(record)]);
    const interest = { package: 'other', await: true };
    for (const trigger of ['/etc/other', 'ldconfig']) {
      database.interests.add(trigger, interest);
      database.interests.remove(trigger, 'other');
    }
    const writes = changedFiles(database);
    const lists = readdirSync(join(folder, 'info')).filter((name) => name.endsWith('.list'));
    const expected = [...lists.map((name) => `info/${name}`), 'triggers/File', 'triggers/ldconfig'];
    expect(Object.keys(writes).sort()).toEqual(expected.sort());
    for (const path of expected) expect(writes[path], path).toBe(readFileSync(join(folder, path), 'utf8'));
  });

  test('knows owners, members and effective paths', () => {
    const database = DpkgDatabase.load(adminSource(folder), { architecture: 'amd64' });
    expect(database.owners('/bin/sh').map((record) => record.name)).toEqual(['dash']);
    expect(database.owners('/etc').length).toBeGreaterThan(20);
    expect(database.owners('/nothing')).toEqual([]);
    const libc = database.get('libc6')!;
    expect(database.infoName(libc)).toBe('libc6:amd64');
    expect(database.infoMembers(libc)).toContain('postinst');
    expect(database.info(libc, 'postinst')?.mode).toBe(0o755);
    expect(database.info(libc, 'nothing')).toBeNull();
    expect(database.effectivePath('/bin/sh', 'bash')).toBe('/bin/sh.distrib');
    expect(database.effectivePath('/bin/sh', 'dash')).toBe('/bin/sh');
  });
});
