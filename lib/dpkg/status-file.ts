import { AptOstreeError } from '../errors/error.ts';
import { isMultiArchSame, recordKey } from './record.ts';
import { parseStatus } from './stanza.ts';
import type { DatabaseSource, PackageRecord } from './types.ts';

/**
 * The records of an admin directory's status file, each instance once: of stanzas of one instance the last counts.
 *
 * @throws ERR_DPKG_DATABASE where dpkg would refuse the file, and where a killed dpkg left changes beside it, as apt
 *   refuses such a database.
 */
export function readStatus(source: DatabaseSource): PackageRecord[] {
  if (source.list('updates').some((name) => /^\d+$/.test(name)))
    throw new AptOstreeError('ERR_DPKG_DATABASE', 'dpkg was interrupted: its updates/ are not merged', {
      hint: "Run 'dpkg --configure --pending' in the tree.",
    });
  return oncePerInstance(parseStatus(source.read('status')?.toString() ?? ''));
}

function oncePerInstance(records: PackageRecord[]): PackageRecord[] {
  const byName = new Map<string, PackageRecord[]>();
  for (const record of records) {
    const instances = byName.get(record.name);
    if (instances === undefined) byName.set(record.name, [record]);
    else {
      refuseMixed(instances, record);
      const known = instances.findIndex((other) => recordKey(other) === recordKey(record));
      if (known < 0) instances.push(record);
      else instances[known] = record;
    }
  }
  return [...byName.values()].flat();
}

function refuseMixed(instances: PackageRecord[], next: PackageRecord): void {
  const present = [...instances, next].filter(({ state }) => state !== 'not-installed');
  const single = present.filter((record) => !isMultiArchSame(record)).length;
  const refuse = (reason: string) => {
    throw new AptOstreeError('ERR_DPKG_DATABASE', `status: package ${next.name}: ${reason}`);
  };
  if (single > 1) refuse('several instances that are not co-installable are installed');
  if (single > 0 && present.length > single)
    refuse('a version that is not co-installable is installed beside others');
}
