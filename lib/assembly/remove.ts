import { isConffileBackup } from '../dpkg/conffiles.ts';
import { removeFiles, removeLeftovers } from '../dpkg/file-removal.ts';
import { compareStates } from '../dpkg/record.ts';
import {
  finishConffilePurge,
  finishRemoval,
  forget,
  isPurgedByRemoval,
  setPurged,
  startFileRemoval,
  startPurge,
  startRemoval,
} from '../dpkg/transitions.ts';
import { activatePath } from '../dpkg/trigger-activation.ts';
import type { PackageRecord } from '../dpkg/types.ts';
import { conffilePlace } from './conffile-steps.ts';
import { runInstalledScript } from './maintainer-script.ts';
import { baseName, parentOf } from './path.ts';
import { removalTree } from './removal-tree.ts';
import { type LayeringContext, originOf } from './transaction.ts';

/** Removes a package as `dpkg --remove` (its conffiles stay) or `dpkg --purge` does. */
export async function removePackage(
  ctx: LayeringContext,
  record: PackageRecord,
  want: 'deinstall' | 'purge',
): Promise<void> {
  const { db } = ctx.live;
  ctx.onStep({ kind: 'remove', package: record.name });
  // Of a package that is not there dpkg only notes that it is not wanted.
  if (record.state === 'not-installed') return void startRemoval(db, record, want);
  if (record.state === 'config-files') startRemoval(db, record, want);
  else await removeInstalled(ctx, record, want);
  const removed = db.get(record.name, record.architecture)!;
  if (isPurgedByRemoval(db, removed)) setPurged(db, removed);
  else if (want === 'purge') await purgeConffiles(ctx, removed);
  else return;
  const purged = db.get(record.name, record.architecture)!;
  db.setPaths(purged, await removeLeftovers(db, purged, treeOf(ctx, record)));
  forget(db, purged);
}

async function removeInstalled(
  ctx: LayeringContext,
  record: PackageRecord,
  want: 'deinstall' | 'purge',
): Promise<void> {
  const { db } = ctx.live;
  const configured = compareStates(record.state, 'half-configured') >= 0;
  const started = startRemoval(db, record, want);
  const event = { kind: 'remove', inFavourOf: null } as const;
  if (configured) await runInstalledScript(ctx, started, 'prerm', event);
  const removing = startFileRemoval(db, record);
  db.setPaths(removing, await removeFiles(db, removing, treeOf(ctx, record)));
  await runInstalledScript(ctx, removing, 'postrm', event);
  finishRemoval(db, removing);
}

/** Conffiles go with the backups that editors and dpkg left beside them. */
async function purgeConffiles(ctx: LayeringContext, record: PackageRecord): Promise<void> {
  const { db } = ctx.live;
  const purging = startPurge(db, record);
  for (const { path } of purging.conffiles) {
    const place = await conffilePlace(ctx, purging.name, path);
    activatePath(db, db.effectivePath(path, purging.name), purging);
    for (const { path: other, node } of await ctx.tree.list(parentOf(place), 1)) {
      const gone = other === place || isConffileBackup(baseName(place), baseName(other));
      if (gone && node.type !== 'dir') ctx.stack.push(originOf(record), [{ op: 'remove', path: other }]);
    }
  }
  const purged = finishConffilePurge(db, purging);
  await runInstalledScript(ctx, purged, 'postrm', { kind: 'purge' });
}

function treeOf(ctx: LayeringContext, record: PackageRecord) {
  return removalTree(ctx.stack, ctx.tree, originOf(record));
}
