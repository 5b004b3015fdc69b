import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf, withMembers } from './lines.ts';
import type { AccountRow } from './rows.ts';

/** In place of a package: no package has this name. */
const OWNER = '-';

/** Lines of another form (NIS, comments) hold no number. */
const NUMBERED = /^[^:+-][^:]*:[^:]*:\d+:/;

/** What a tree gets of a line when a package makes an account of that name: no password of the host. */
const DERIVED = {
  passwd: { file: 'shadow', line: (name: string) => `${name}:!*:::::::` },
  group: { file: 'gshadow', line: (name: string) => `${name}:!::` },
} as const;

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => NUMBERED.test(line));
}

/**
 * Accounts that a host has beside those of its image, read from the folder of a deployment. A package must not get
 * their numbers, and when it makes an account of that name, it is the one that the host has.
 */
export async function localAccounts(deployment: string): Promise<AccountRow[]> {
  const rows: AccountRow[] = [];
  for (const file of ['passwd', 'group'] as const) {
    const shipped = new Set((await linesOf(join(deployment, 'usr/etc', file))).map(nameOf));
    for (const line of await linesOf(join(deployment, 'etc', file))) {
      const name = nameOf(line);
      if (shipped.has(name)) continue;
      const [, , ...rest] = (file === 'group' ? withMembers(line, []) : line).split(':');
      const { file: beside, line: derived } = DERIVED[file];
      rows.push(
        { package: OWNER, file, line: [name, 'x', ...rest].join(':') },
        { package: OWNER, file: beside, line: derived(name) },
      );
    }
  }
  return rows;
}

/** Without the accounts that no package has made its own. */
export function withoutLocal(rows: readonly AccountRow[]): AccountRow[] {
  return rows.filter((row) => row.package !== OWNER);
}
