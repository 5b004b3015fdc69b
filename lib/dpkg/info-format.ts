import type { InfoStore } from './info-store.ts';
import { infoName } from './record.ts';
import type { PackageRecord } from './types.ts';
import type { WriteLog } from './write-log.ts';

/** Whether no file of `info/` is named by an architecture yet, given its file `format`. */
export function isOldInfo(format: Buffer | null): boolean {
  return Number(format?.toString() ?? 0) < 1;
}

/** Names the files of `info/` as dpkg does the first time that it writes into a database of format 0. */
export function upgradeInfo(records: readonly PackageRecord[], info: InfoStore, log: WriteLog): void {
  const done = new Set<string>();
  for (const record of records) {
    const stem = infoName(record);
    if (done.has(record.name) || record.state === 'not-installed') continue;
    done.add(record.name);
    if (stem === record.name) continue;
    for (const member of info.members(record.name)) {
      info.set(stem, member, info.get(record.name, member)!);
      info.remove(record.name, member);
    }
  }
  log.text('info/format', '1\n');
}
