import { AptOstreeError } from '../../errors/error.ts';
import {
  ACCOUNT_FILES,
  type AccountFile,
  type AccountLines,
  membersOf,
  nameOf,
  numberOf,
  withMembers,
} from './lines.ts';
import type { AccountRow } from './rows.ts';

/** Names that hold a number while scripts run. */
const HELD = '_apt-ostree-held-';

export function isHeld(line: string): boolean {
  return line.startsWith(HELD);
}

export function withoutHeld(lines: AccountLines): AccountLines {
  return mapFiles(lines, (_file, all) => all.filter((line) => !isHeld(line)));
}

/**
 * The account files with what is recorded for packages of the tree (`awake`): lines go behind those that are there,
 * in the order of their making, as on a system where the packages had been installed before. Numbers of accounts
 * whose package is not in the tree (`asleep`) are held: another account must not get files of theirs on a host.
 * `seeded` collects the names (`FILE NAME`) that come from here.
 * @throws ERR_ACCOUNT_DRIFT when a recorded number belongs to another account now
 */
export function seedLines(
  now: AccountLines,
  rows: { awake: readonly AccountRow[]; asleep: readonly AccountRow[] },
  seeded: Set<string>,
): AccountLines {
  const lined = mapFiles(withoutHeld(now), (file, lines) =>
    ACCOUNTS_OF[file] === undefined
      ? hold(addLines(file, lines, rows.awake, seeded), file, rows.asleep)
      : addDerived(file, lines, rows.awake, seeded),
  );
  return addMembers(lined, rows.awake);
}

/** Shadow lines belong to lines of another file. */
const ACCOUNTS_OF: Partial<Record<AccountFile, AccountFile>> = { shadow: 'passwd', gshadow: 'group' };

function addLines(
  file: AccountFile,
  lines: string[],
  rows: readonly AccountRow[],
  seeded: Set<string>,
): string[] {
  const out = [...lines];
  const names = new Set(lines.map(nameOf));
  for (const { line } of rows.filter((row) => row.file === file && !names.has(nameOf(row.line)))) {
    const holder = lines.find((each) => numberOf(each) === numberOf(line));
    if (holder !== undefined && !seeded.has(`${file} ${nameOf(holder)}`))
      throw takenNumber(file, line, holder);
    out.push(line);
    seeded.add(`${file} ${nameOf(line)}`);
  }
  return out;
}

/** pwconv and grpconv derive lines of their own from seeded accounts; the recorded ones take their place. */
function addDerived(
  file: AccountFile,
  lines: string[],
  rows: readonly AccountRow[],
  seeded: Set<string>,
): string[] {
  const out = [...lines];
  for (const { line } of rows.filter((row) => row.file === file)) {
    const name = nameOf(line);
    const key = `${file} ${name}`;
    const at = out.findIndex((each) => nameOf(each) === name);
    if (at === -1) out.push(line);
    else if (!seeded.has(key) && seeded.has(`${ACCOUNTS_OF[file]} ${name}`)) out[at] = line;
    seeded.add(key);
  }
  return out;
}

function hold(lines: string[], file: AccountFile, rows: readonly AccountRow[]): string[] {
  const used = new Set(lines.map(numberOf));
  const out = [...lines];
  for (const number of rows.filter((row) => row.file === file).map((row) => numberOf(row.line))) {
    if (used.has(number)) continue;
    used.add(number);
    const rest = file === 'passwd' ? '65534::/nonexistent:/usr/sbin/nologin' : '';
    out.push(`${HELD}${number}:x:${number}:${rest}`);
  }
  return out;
}

/** A user that is not there yet is put into its groups before a later script. */
function addMembers(lines: AccountLines, rows: readonly AccountRow[]): AccountLines {
  const users = new Set(lines.passwd?.map(nameOf));
  const members = rows.filter((row) => row.file === 'member').map((row) => row.line.split(':'));
  return mapFiles(lines, (file, all) =>
    all.map((line) => {
      const wanted = members.filter(([in_, group]) => in_ === file && group === nameOf(line));
      const missing = wanted.map(([, , user]) => user!).filter((user) => users.has(user));
      if (missing.length === 0) return line;
      return withMembers(line, [...new Set([...membersOf(line), ...missing])]);
    }),
  );
}

function takenNumber(file: AccountFile, line: string, holder: string): AptOstreeError {
  const what = file === 'group' ? 'group' : 'account';
  const message = `${what} ${nameOf(line)} had number ${numberOf(line)}, which ${nameOf(holder)} has now`;
  return new AptOstreeError('ERR_ACCOUNT_DRIFT', message, { hint: DRIFT_HINT, details: [message] });
}

export const DRIFT_HINT =
  'files in /var of existing hosts belong to the old numbers; to accept the new one, write it into the file of preserve-accounts, or forget the old ones (compose with --no-parent, on a host uninstall --all)';

function mapFiles(
  lines: AccountLines,
  change: (file: AccountFile, lines: string[]) => string[],
): AccountLines {
  return Object.fromEntries(
    ACCOUNT_FILES.map((file) => [file, lines[file] && change(file, lines[file])]),
  ) as AccountLines;
}
