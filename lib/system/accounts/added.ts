import { ACCOUNT_FILES, type AccountLines, membersOf, nameOf, numberOf, withMembers } from './lines.ts';
import type { AccountRow } from './rows.ts';
import { isHeld } from './seeds.ts';

/** The script that ran. */
export interface AccountMaker {
  package: string;
  script: string;
}

/**
 * What a run has added to the account files. A file that it made as a whole is the tree's own beginning and no
 * addition: those accounts are the same in every tree. A line with a number that another one has was made so on
 * purpose, and cannot drift.
 */
export function addedRows(before: AccountLines, after: AccountLines, owner: string): AccountRow[] {
  const rows: AccountRow[] = [];
  for (const file of ACCOUNT_FILES) {
    const [old, now] = [before[file], after[file]];
    if (old === null || now === null) continue;
    const known = new Map(old.map((line) => [nameOf(line), line]));
    const groups = file === 'group' || file === 'gshadow';
    const numbers = new Set(old.map(numberOf));
    for (const line of now.filter((each) => !isHeld(each))) {
      const name = nameOf(line);
      const earlier = known.get(name);
      const shared = (file === 'passwd' || file === 'group') && numbers.has(numberOf(line));
      if (earlier === undefined && !shared)
        rows.push({ package: owner, file, line: groups ? withMembers(line, []) : line });
      numbers.add(numberOf(line));
      if (!groups) continue;
      const members = new Set(earlier === undefined ? [] : membersOf(earlier));
      for (const user of membersOf(line).filter((member) => !members.has(member)))
        rows.push({ package: owner, file: 'member', line: `${file}:${name}:${user}` });
    }
  }
  return rows;
}

/** A row of this tree as a later script has left it: with another number, or gone. */
export function atLast(row: AccountRow, lines: AccountLines): AccountRow[] {
  if (row.file === 'member' || row.file === 'home') return [row];
  const line = lines[row.file]?.find((each) => nameOf(each) === nameOf(row.line));
  if (line === undefined) return [];
  if (row.file !== 'passwd' && row.file !== 'group') return [row];
  const fields = row.line.split(':');
  const now = line.split(':');
  fields[2] = now[2]!;
  if (row.file === 'passwd') fields[3] = now[3]!;
  return [{ ...row, line: fields.join(':') }];
}
