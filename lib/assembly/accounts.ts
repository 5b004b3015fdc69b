import type { TreeView } from './types.ts';

/** Numbers of the accounts of a tree, by name. */
export interface Accounts {
  uids: Map<string, number>;
  gids: Map<string, number>;
}

/** Reads /etc/passwd and /etc/group of a tree; both may be missing. */
export async function readAccounts(tree: TreeView): Promise<Accounts> {
  const [passwd, group] = await tree.readMany(['/etc/passwd', '/etc/group']);
  return { uids: parseNumbers(passwd), gids: parseNumbers(group) };
}

function parseNumbers(file: Buffer | null | undefined): Map<string, number> {
  const out = new Map<string, number>();
  for (const line of file?.toString('utf8').split('\n') ?? []) {
    const [name, , number] = line.split(':');
    if (name && number && /^\d+$/.test(number) && !out.has(name)) out.set(name, Number(number));
  }
  return out;
}
