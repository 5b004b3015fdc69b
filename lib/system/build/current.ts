import { createHash } from 'node:crypto';
import { skippedOf } from '../../scripts/skipped.ts';
import type { ScriptResult } from '../../scripts/types.ts';
import type { AccountRow } from '../accounts/rows.ts';
import type { ScriptOptions } from '../requests.ts';

/** Digest of everything that the next transaction on this commit would start from, if nothing else changes. */
const INPUTS_KEY = 'apt-ostree.inputs';

/** Digest of what it was made from, where that knew fewer accounts: a compose without a parent finds itself in it. */
const BUILT_KEY = 'apt-ostree.inputs-built';

/** What decides a tree beside packages, base and treefile. */
export interface TreeInputs {
  inputs: string;
  scripts: ScriptOptions | undefined;
  /** Accounts whose numbers it starts with. */
  accounts: readonly AccountRow[];
}

/**
 * Whether a commit is what these inputs give, so that nothing has to be built. The accounts that a tree starts with
 * are those that it ended with the last time.
 */
export function isCurrent(metadata: Record<string, unknown>, request: TreeInputs): boolean {
  const digest = digestOf(request, request.scripts?.skip ?? []);
  return metadata[INPUTS_KEY] === digest || metadata[BUILT_KEY] === digest;
}

/** Metadata for a finished tree: what was skipped without being listed, somebody decided. */
export function inputsMetadata(
  request: TreeInputs,
  done: { scripts: readonly ScriptResult[]; accounts: readonly AccountRow[] },
): Record<string, string> {
  const skip = [...(request.scripts?.skip ?? []), ...skippedOf(done.scripts)];
  const built = digestOf(request, skip);
  const next = digestOf({ ...request, accounts: done.accounts }, skip);
  return { [INPUTS_KEY]: next, ...(built === next ? {} : { [BUILT_KEY]: built }) };
}

/** Scripts that a tree may go without decide what is in it, so they are an input of it. */
function digestOf({ inputs, accounts }: TreeInputs, skip: readonly string[]): string {
  const names = [...new Set(skip)].sort();
  return createHash('sha256')
    .update(JSON.stringify([inputs, names, accounts.map((row) => [row.package, row.file, row.line])]))
    .digest('hex');
}
