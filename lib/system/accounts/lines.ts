import type { LayerChange, TreeView } from '../../assembly/types.ts';

/** The files that hold accounts, those first that the others belong to. */
export const ACCOUNT_FILES = ['passwd', 'group', 'shadow', 'gshadow'] as const;

export type AccountFile = (typeof ACCOUNT_FILES)[number];

/** All lines of the account files of a tree; null for a file that is not there. */
export type AccountLines = Record<AccountFile, string[] | null>;

const places = ACCOUNT_FILES.map((file) => `/etc/${file}`);

/** Whether a change may have made an account. */
export function isAccountFile(path: string): boolean {
  return places.includes(path);
}

export async function readAccountLines(tree: TreeView): Promise<AccountLines> {
  const contents = await tree.readMany(places);
  const lines = contents.map((data) => data?.toString('utf8').split('\n').filter(Boolean) ?? null);
  return Object.fromEntries(ACCOUNT_FILES.map((file, i) => [file, lines[i]!])) as AccountLines;
}

/** Changes that write those files whose lines differ from `before`, with the owner and mode that they have. */
export async function accountChanges(
  tree: TreeView,
  before: AccountLines,
  after: AccountLines,
): Promise<LayerChange[]> {
  const out: LayerChange[] = [];
  for (const file of ACCOUNT_FILES) {
    const path = `/etc/${file}`;
    const lines = after[file];
    if (lines === null || lines.join('\n') === before[file]?.join('\n')) continue;
    const node = await tree.lookup(path);
    if (node?.type !== 'file') continue;
    const { mode, uid, gid } = node;
    out.push({ op: 'write', path, mode, uid, gid, data: Buffer.from(lines.map((l) => `${l}\n`).join('')) });
  }
  return out;
}

export function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

/** Number of an account or group in a line of `passwd` or `group`. */
export function numberOf(line: string): string {
  return line.split(':')[2] ?? '';
}

/** Both `group` and `gshadow` keep the members last. */
export function membersOf(line: string): string[] {
  return line
    .slice(line.lastIndexOf(':') + 1)
    .split(',')
    .filter(Boolean);
}

export function withMembers(line: string, members: readonly string[]): string {
  return line.slice(0, line.lastIndexOf(':') + 1) + members.join(',');
}
