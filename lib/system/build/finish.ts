import { join } from 'node:path';
import type { Base } from '../../assembly/base.ts';
import type { HardlinkGroup } from '../../assembly/hardlinks.ts';
import type { OverlayStack } from '../../assembly/layer-stack.ts';
import type { LayerChange } from '../../assembly/types.ts';
import { storeChanges } from '../../layout/store.ts';
import { layOut } from '../../layout/to-ostree.ts';
import type { Repo } from '../../native/repo.ts';
import type { Change, WriteStats } from '../../native/types.ts';
import { ACCOUNTS_RECORD, type AccountRow, formatAccountRows } from '../accounts/rows.ts';
import { hardlinkMetadata } from './hardlinks.ts';
import { formatRecord, parseRecord, RECORD, type RecordedLayer } from './record.ts';

export interface CommitRequest {
  repo: Repo;
  work: string;
  stack: OverlayStack;
  base: Base | null;
  /** Apply the OSTree layout; false commits the plain Debian tree. */
  ostree: boolean;
  /** The ref to set, and what it must be now; null sets none. */
  ref: { name: string; expected: string | null } | null;
  parent: string | null;
  subject: string;
  timestamp: number;
  metadata: Record<string, string | boolean | string[]>;
  /** What each run of this transaction changed. */
  record: readonly RecordedLayer[];
  /** What scripts of packages have made, of this tree and of those before. */
  accounts: readonly AccountRow[];
  hardlinks: HardlinkGroup[];
}

/** Folds the stack (and the layout) into one commit, in a transaction of its own. */
export async function commitStack(request: CommitRequest): Promise<{ commit: string; stats: WriteStats }> {
  const { repo, base, stack } = request;
  const changes: Change[] = [...(base?.view.changes ?? []), ...(await stack.fold())];
  if (request.ostree)
    changes.push(...(await storeChanges(await ostreeChanges(request), join(request.work, 'layout'))));
  await using transaction = await repo.transaction();
  const { commit, ...stats } = await repo.writeCommit({
    base: base?.commit ?? null,
    changes,
    parent: request.parent,
    subject: request.subject,
    timestamp: request.timestamp,
    metadata: { ...request.metadata, ...hardlinkMetadata(request.hardlinks) },
  });
  if (request.ref) await repo.setRef(request.ref.name, commit, { expected: request.ref.expected });
  await transaction.commit();
  return { commit, stats };
}

/** The layout, the record of this transaction after those of the base, and the accounts. */
async function ostreeChanges(request: CommitRequest): Promise<LayerChange[]> {
  const { repo, base, stack, record, accounts } = request;
  const [before] = base ? await repo.readFiles(base.commit, [RECORD]) : [];
  const data = formatRecord([...(before ? parseRecord(before) : []), ...record]);
  const owner = { uid: 0, gid: 0 };
  const rows = Buffer.from(formatAccountRows(accounts));
  return [
    ...(await layOut(stack.tree)),
    { op: 'write', path: RECORD, mode: 0o644, ...owner, data },
    { op: 'write', path: ACCOUNTS_RECORD, mode: 0o600, ...owner, data: rows },
  ];
}
