import { readFile, rename, writeFile } from 'node:fs/promises';
import type { LayerChange, TreeView } from '../assembly/types.ts';
import { AptOstreeError } from '../errors/error.ts';

/** The files that hold accounts; `number` is the field that must not drift. */
const FILES = [
  { file: 'passwd', number: 2 },
  { file: 'group', number: 2 },
  { file: 'shadow', number: null },
  { file: 'gshadow', number: null },
] as const;

type AccountFile = (typeof FILES)[number]['file'];

/** A line that a package's script added to one of the account files. */
export interface LockedAccount {
  package: string;
  file: AccountFile;
  line: string;
}

/** All lines of the account files of a tree. */
export type AccountLines = Record<AccountFile, string[]>;

export async function readAccountLines(tree: TreeView): Promise<AccountLines> {
  const contents = await tree.readMany(FILES.map(({ file }) => `/etc/${file}`));
  const lines = contents.map((data) => (data?.toString('utf8') ?? '').split('\n').filter(Boolean));
  return Object.fromEntries(FILES.map(({ file }, i) => [file, lines[i]!])) as AccountLines;
}

/** What was added between two moments, as the doing of a package. Members of groups come and go; they do not count. */
export function addedAccounts(
  before: AccountLines,
  after: AccountLines,
  packageName: string,
): LockedAccount[] {
  return FILES.flatMap(({ file }) => {
    const known = new Set(before[file].map(nameOf));
    return after[file]
      .filter((line) => !known.has(nameOf(line)))
      .map((line) => ({ package: packageName, file, line: withoutMembers(file, line) }));
  });
}

/** Changes that put the locked accounts of these packages into the tree, before a script could make them. */
export async function seedAccounts(
  tree: TreeView,
  locked: readonly LockedAccount[],
  packages: ReadonlySet<string>,
): Promise<LayerChange[]> {
  const lines = await readAccountLines(tree);
  const out: LayerChange[] = [];
  for (const { file } of FILES) {
    const path = `/etc/${file}`;
    const node = await tree.lookup(path);
    const known = new Set(lines[file].map(nameOf));
    const added = locked.filter(
      (a) => a.file === file && packages.has(a.package) && !known.has(nameOf(a.line)),
    );
    if (node?.type !== 'file' || added.length === 0) continue;
    const { mode, uid, gid } = node;
    const data = Buffer.from(
      [...lines[file], ...added.map((a) => a.line)].map((line) => `${line}\n`).join(''),
    );
    out.push({ op: 'write', path, mode, uid, gid, data });
  }
  return out;
}

/** @throws ERR_ACCOUNT_DRIFT naming each account whose number is another than the locked one. */
export function checkDrift(locked: readonly LockedAccount[], now: AccountLines): void {
  const drift: string[] = [];
  for (const { file, number } of FILES) {
    if (number === null) continue;
    const numbers = new Map(now[file].map((line) => [nameOf(line), line.split(':')[number]]));
    for (const account of locked.filter((a) => a.file === file)) {
      const name = nameOf(account.line);
      const wanted = account.line.split(':')[number];
      const found = numbers.get(name);
      if (found !== undefined && found !== wanted)
        drift.push(
          `${file === 'group' ? 'group' : 'account'} ${name} has number ${found}, and had ${wanted}`,
        );
    }
  }
  if (drift.length === 0) return;
  throw new AptOstreeError('ERR_ACCOUNT_DRIFT', drift.join('; '), {
    hint: 'files in /var of existing hosts belong to the old numbers; take the account out of the lock to accept the new one',
    details: drift,
  });
}

/** @throws ERR_TREEFILE when the file is damaged; a missing one locks nothing. */
export async function readAccountsLock(path: string): Promise<LockedAccount[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((row, i) => {
    if (row === '' || row.startsWith('#')) return [];
    const [packageName, file, line] = row.split(' ', 2).concat(row.split(' ').slice(2).join(' '));
    if (!packageName || !line || !FILES.some((f) => f.file === file))
      throw new AptOstreeError('ERR_TREEFILE', `${path}:${i + 1}: not a line of an accounts lock`);
    return [{ package: packageName, file: file as AccountFile, line }];
  });
}

/** Written beside and renamed: a reader sees the old lock or the new one. */
export async function writeAccountsLock(path: string, accounts: readonly LockedAccount[]): Promise<void> {
  const rows = accounts.map((a) => `${a.package} ${a.file} ${a.line}\n`).sort();
  const text = `# Accounts that scripts of packages have made: package, file, line. Keep this file.\n${rows.join('')}`;
  if (text === (await readFile(path, 'utf8').catch(() => ''))) return;
  const beside = `${path}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}

/** The lock with what is new; accounts that are locked keep their line. */
export function mergeAccounts(
  locked: readonly LockedAccount[],
  added: readonly LockedAccount[],
): LockedAccount[] {
  const key = (a: LockedAccount) => `${a.file} ${nameOf(a.line)}`;
  const known = new Set(locked.map(key));
  return [...locked, ...added.filter((a) => !known.has(key(a)))];
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

function withoutMembers(file: AccountFile, line: string): string {
  return file === 'group' || file === 'gshadow' ? line.slice(0, line.lastIndexOf(':') + 1) : line;
}
