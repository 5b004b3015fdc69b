import { readFile } from 'node:fs/promises';

/** Output that means failure though the program exits with 0. */
interface AuditRow {
  pattern: string;
  reason: string;
}

let rows: Promise<AuditRow[]> | undefined;

/** Why a program that exited with 0 has failed all the same, with the line that says so; null when it has not. */
export async function auditOutput(output: string): Promise<string | null> {
  rows ??= readFile(new URL('./audit-output.json', import.meta.url), 'utf8').then(
    (text) => JSON.parse(text) as AuditRow[],
  );
  for (const { pattern, reason } of await rows) {
    const match = new RegExp(pattern, 'm').exec(output);
    if (match) return `${reason}: ${match[0]}`;
  }
  return null;
}
