import { readFile, rename, writeFile } from 'node:fs/promises';
import { AptOstreeError } from '../../errors/error.ts';
import { RECORD_DIR } from '../../layout/layout-record.ts';
import type { Repo } from '../../native/repo.ts';
import { ACCOUNT_FILES, type AccountFile, nameOf } from './lines.ts';

/**
 * Something about accounts that a package's script has made. `line` is
 * - for the four files: the line that was added, without members of a group;
 * - `member`: `FILE:GROUP:USER`, a user put into a group of that file (`group` or `gshadow`);
 * - `home`: `USER:PATH:SCRIPT:MODE:UID:GID`, the directory that was made along with the account. Scripts find the
 *   account in the next tree and do not make it again.
 */
export interface AccountRow {
  package: string;
  file: AccountFile | 'member' | 'home';
  line: string;
}

/** Where a commit keeps the rows; only root reads it, as lines of /etc/shadow may hold a secret. */
export const ACCOUNTS_RECORD = `${RECORD_DIR}/accounts`;

const KINDS: readonly string[] = [...ACCOUNT_FILES, 'member', 'home'];
const HEADER = '# Accounts that scripts of packages have made: package, file, line. Keep this file.\n';

/** Equal for rows that tell the same thing about the same account. */
export function rowKey({ file, line }: AccountRow): string {
  return file === 'member' ? `member ${line}` : `${file} ${nameOf(line)}`;
}

/** In the order of their making, which is the order of the lines in the account files. */
export function formatAccountRows(rows: readonly AccountRow[]): string {
  return `${HEADER}${rows.map((row) => `${row.package} ${row.file} ${row.line}\n`).join('')}`;
}

/** @throws ERR_TREEFILE naming the damaged line of the file `name` */
export function parseAccountRows(text: string, name: string): AccountRow[] {
  return text.split('\n').flatMap((row, i) => {
    if (row === '' || row.startsWith('#')) return [];
    const [, owner, file, line] = /^(\S+) (\S+) (.*:.*)$/.exec(row) ?? [];
    if (!owner || !file || !line || !KINDS.includes(file))
      throw new AptOstreeError('ERR_TREEFILE', `${name}:${i + 1}: not a line of an accounts lock`);
    return [{ package: owner, file: file as AccountRow['file'], line }];
  });
}

/** All of both; what the first list tells wins. */
export function mergeAccounts(first: readonly AccountRow[], more: readonly AccountRow[]): AccountRow[] {
  const rows = new Map(first.map((row) => [rowKey(row), row]));
  for (const row of more) if (!rows.has(rowKey(row))) rows.set(rowKey(row), row);
  return [...rows.values()];
}

/** What a commit tells of its accounts; nothing for none, and for one that other tools have made. */
export async function readAccountsRecord(repo: Repo, commit: string | null): Promise<AccountRow[]> {
  if (commit === null) return [];
  const [data] = await repo.readFiles(commit, [ACCOUNTS_RECORD]);
  return data ? parseAccountRows(data.toString('utf8'), `${commit}:${ACCOUNTS_RECORD}`) : [];
}

/** @throws ERR_TREEFILE when the file is damaged; a missing one, or none (null), locks nothing. */
export async function readAccountsLock(path: string | null): Promise<AccountRow[]> {
  if (path === null) return [];
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseAccountRows(text, path);
}

/** Written beside and renamed: a reader sees the old lock or the new one. */
export async function writeAccountsLock(path: string | null, rows: readonly AccountRow[]): Promise<void> {
  if (path === null) return;
  const text = formatAccountRows(rows);
  if (text === (await readFile(path, 'utf8').catch(() => ''))) return;
  const beside = `${path}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}
