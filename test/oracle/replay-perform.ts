import { configurePackage, processTriggers } from '../../lib/assembly/configure.ts';
import type { Incoming } from '../../lib/assembly/incoming.ts';
import { removePackage } from '../../lib/assembly/remove.ts';
import type { LayeringContext } from '../../lib/assembly/transaction.ts';
import { unpackPackage } from '../../lib/assembly/unpack.ts';
import { type ConfigureOptions, runConfigureQueue } from '../../lib/dpkg/configure-queue.ts';
import type { DpkgDatabase } from '../../lib/dpkg/database.ts';
import { DependencyIndex, relations } from '../../lib/dpkg/dependency-index.ts';
import { PathFilter } from '../../lib/dpkg/path-filter.ts';
import { isPresent, recordFromControl, recordKey } from '../../lib/dpkg/record.ts';
import { provisionMatches, versionMatches } from '../../lib/dpkg/satisfaction.ts';
import type { PackageRecord } from '../../lib/dpkg/types.ts';
import type { PackageCall } from './replay-call.ts';

const TYPES = { d: 'dir', f: 'file', h: 'file', l: 'symlink' } as const;

/** The records that a call names. dpkg warns of a package that is not there, and goes on. */
export function namedRecords(db: DpkgDatabase, names: string[]): PackageRecord[] {
  return names.flatMap((name) => {
    const [plain, architecture] = name.split(':');
    return db.get(plain!, architecture) ?? [];
  });
}

/** Does with the engine what a call of dpkg did: one process, which reads the database anew. */
export async function perform(
  context: LayeringContext,
  call: PackageCall,
  packages: Incoming[],
): Promise<void> {
  const { db } = context.live;
  const filter = new PathFilter(call.filter);
  const ctx: LayeringContext = {
    ...context,
    conffiles: call.conffiles,
    wanted: (path, type) => !filter.excludes(path, TYPES[type]),
  };
  const queue = (todo: PackageRecord[], options: Pick<ConfigureOptions, 'mode' | 'continues'>) =>
    runConfigureQueue(db, todo.map(recordKey), {
      ...options,
      forceDepends: call.forceDepends,
      triggersEnabled: call.triggers && !(call.kind === 'triggers' && !call.pending),
      configure: (record) => configurePackage(ctx, record),
      processTriggers: (record, pending) => processTriggers(ctx, record, pending),
    });
  if (call.kind === 'configure')
    return queue(namedRecords(db, call.names), { mode: call.pending ? 'pending' : 'list' });
  db.reopen();
  let todo: PackageRecord[] = [];
  if (call.kind === 'install' || call.kind === 'unpack') {
    for (const incoming of packages) {
      await removeInFavour(ctx, incoming);
      await unpackPackage(ctx, incoming);
    }
    // One of them may have disappeared into another.
    const unpacked = packages.flatMap(
      ({ name, architecture }) => db.get(name, architecture) ?? db.get(name) ?? [],
    );
    if (call.kind === 'install') todo = unpacked;
  } else if (call.kind === 'triggers') todo = call.pending ? withTriggers(db) : namedRecords(db, call.names);
  else {
    const want = call.kind === 'purge' ? 'purge' : 'deinstall';
    for (const record of namedRecords(db, call.names)) await removePackage(ctx, record, want);
  }
  return queue(todo, { mode: 'list', continues: true });
}

function withTriggers(db: DpkgDatabase): PackageRecord[] {
  return new DependencyIndex(db).inHashOrder().filter((record) => record.triggersPending.length > 0);
}

/** What conflicts and is selected for removal goes first: libapt-pkg plans it as a step before. */
async function removeInFavour(ctx: LayeringContext, incoming: Incoming): Promise<void> {
  const { db } = ctx.live;
  const next = recordFromControl(incoming.manifest.control, incoming.name);
  for (const other of db.all()) {
    const selected = other.want === 'deinstall' || other.want === 'purge';
    if (!selected || !isPresent(other) || other.name === next.name) continue;
    if (conflicts(next, other) || conflicts(other, next))
      await removePackage(ctx, other, other.want as 'deinstall' | 'purge');
  }
}

function conflicts(one: PackageRecord, other: PackageRecord): boolean {
  return relations(one, 'Conflicts').some(
    ([relation]) =>
      (relation!.name === other.name && versionMatches(other.version, relation!)) ||
      relations(other, 'Provides').some(
        ([provision]) => provision!.name === relation!.name && provisionMatches(provision!, relation!),
      ),
  );
}
