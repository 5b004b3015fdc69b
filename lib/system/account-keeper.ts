import type { LayerStack } from '../assembly/types.ts';
import {
  addedAccounts,
  checkDrift,
  type LockedAccount,
  mergeAccounts,
  readAccountLines,
  readAccountsLock,
  seedAccounts,
  writeAccountsLock,
} from './accounts-lock.ts';

/** Keeps the numbers of accounts from one compose to the next: files in /var of hosts belong to numbers. */
export interface AccountKeeper {
  /** Called after a script that changed an account file. */
  note(packageName: string): Promise<void>;
  /** The tree is finished: checks it against the lock. @throws ERR_ACCOUNT_DRIFT */
  check(): Promise<void>;
  /** Writes the lock, with what is new, when the compose has succeeded. */
  save(): Promise<void>;
}

/** Puts the locked accounts of these packages into the stack; to be called when the essential packages stand. */
export async function openAccountKeeper(
  stack: LayerStack,
  file: string,
  packages: ReadonlySet<string>,
): Promise<AccountKeeper> {
  const locked = await readAccountsLock(file);
  stack.push(
    { kind: 'treefile', step: 'preserve-accounts' },
    await seedAccounts(stack.tree, locked, packages),
  );
  let before = await readAccountLines(stack.tree);
  const added: LockedAccount[] = [];
  return {
    async note(packageName) {
      const after = await readAccountLines(stack.tree);
      added.push(...addedAccounts(before, after, packageName));
      before = after;
    },
    async check() {
      checkDrift(locked, await readAccountLines(stack.tree));
    },
    async save() {
      await writeAccountsLock(file, mergeAccounts(locked, added));
    },
  };
}

/** Whether a change may have made an account. */
export function isAccountFile(path: string): boolean {
  return path === '/etc/passwd' || path === '/etc/group' || path === '/etc/shadow' || path === '/etc/gshadow';
}
