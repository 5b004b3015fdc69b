import { AptOstreeError } from '../../errors/error.ts';
import { type AccountLines, nameOf, numberOf } from './lines.ts';
import type { AccountRow } from './rows.ts';
import { DRIFT_HINT } from './seeds.ts';

/** @throws ERR_ACCOUNT_DRIFT naming each account whose number is another than the recorded one. */
export function checkDrift(rows: readonly AccountRow[], now: AccountLines): void {
  const drift: string[] = [];
  for (const file of ['passwd', 'group'] as const) {
    const numbers = new Map(now[file]?.map((line) => [nameOf(line), numberOf(line)]));
    for (const { line } of rows.filter((row) => row.file === file)) {
      const name = nameOf(line);
      const found = numbers.get(name);
      if (found === undefined || found === numberOf(line)) continue;
      const what = file === 'group' ? 'group' : 'account';
      drift.push(`${what} ${name} has number ${found}, and had ${numberOf(line)}`);
    }
  }
  if (drift.length > 0)
    throw new AptOstreeError('ERR_ACCOUNT_DRIFT', drift.join('; '), { hint: DRIFT_HINT, details: drift });
}
