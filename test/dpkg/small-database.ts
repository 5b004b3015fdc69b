import { DpkgDatabase } from '../../lib/dpkg/database.ts';
import { recordFromControl } from '../../lib/dpkg/record.ts';
import type { PackageRecord, PackageState } from '../../lib/dpkg/types.ts';

/** A package in a state: its control fields, and what else matters. */
export interface SmallPackage extends Partial<Omit<PackageRecord, 'fields'>> {
  name: string;
  state: PackageState;
  fields?: Record<string, string>;
  postinst?: boolean;
  paths?: string[];
}

/** A database of a few packages; each has a postinst unless it says no. */
export function smallDatabase(packages: SmallPackage[]): DpkgDatabase {
  const db = DpkgDatabase.empty('amd64');
  for (const { fields = {}, postinst = true, paths, ...rest } of packages) {
    const { name, version = '1', architecture = 'amd64' } = rest;
    const control = { Package: name, Version: version ?? '1', Architecture: architecture, ...fields };
    const text = Object.entries(control).map(([field, value]) => `${field}: ${value}\n`);
    const record: PackageRecord = { ...recordFromControl(text.join(''), name), want: 'install', ...rest };
    db.add(record);
    if (postinst) db.setInfo(record, 'postinst', { mode: 0o755, data: Buffer.from('#!/bin/sh\n') });
    if (paths !== undefined) db.setPaths(record, paths);
  }
  return db;
}

/** The text of each file to be written; null of those to be removed and of those that are objects. */
export function changedFiles(database: DpkgDatabase): Record<string, string | null> {
  const entries = database
    .changes()
    .map((write) => [write.path, 'data' in write ? write.data.toString() : null] as const);
  return Object.fromEntries(entries);
}
