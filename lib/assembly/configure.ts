import { decideConffile } from '../dpkg/conffile-decision.ts';
import { siblingHash } from '../dpkg/conffiles.ts';
import { startPostinst } from '../dpkg/transitions.ts';
import { activatePath } from '../dpkg/trigger-activation.ts';
import type { Conffile, PackageRecord } from '../dpkg/types.ts';
import { conffilePlace, md5, stepChanges } from './conffile-steps.ts';
import { runInstalledScript } from './maintainer-script.ts';
import { type LayeringContext, originOf } from './transaction.ts';

/** Places the conffiles of an unpacked package and runs `postinst configure`; the queue keeps its states. */
export async function configurePackage(ctx: LayeringContext, record: PackageRecord): Promise<void> {
  ctx.onStep({ kind: 'configure', package: record.name });
  const conffiles = record.state === 'unpacked' ? await placeConffiles(ctx, record) : record.conffiles;
  const during = startPostinst(ctx.live.db, record, conffiles);
  await runInstalledScript(ctx, during, 'postinst', { kind: 'configure', configured: record.configVersion });
}

/** Runs the pending triggers of a package: one call of its postinst, the latest activation first. */
export async function processTriggers(
  ctx: LayeringContext,
  record: PackageRecord,
  triggers: string[],
): Promise<void> {
  ctx.onStep({ kind: 'trigger', package: record.name });
  await runInstalledScript(ctx, record, 'postinst', { kind: 'trigger', names: triggers });
}

async function placeConffiles(ctx: LayeringContext, record: PackageRecord): Promise<Conffile[]> {
  const out: Conffile[] = [];
  for (const conffile of record.conffiles) {
    const settled = conffile.obsolete || conffile.removeOnUpgrade;
    out.push(settled ? conffile : { ...conffile, hash: await placeConffile(ctx, record, conffile) });
  }
  return out;
}

/** @returns the hash of the distributed file. */
async function placeConffile(
  ctx: LayeringContext,
  record: PackageRecord,
  conffile: Conffile,
): Promise<string> {
  const { tree, stack, live } = ctx;
  const place = await conffilePlace(ctx, record.name, conffile.path);
  const [distributed, current] = await tree.readMany([`${place}.dpkg-new`, place]);
  if (!distributed) return siblingHash(live.db, record, conffile.path) ?? conffile.hash;
  const situation = {
    recorded: conffile.hash,
    current: current ? md5(current) : null,
    distributed: md5(distributed),
  };
  const decision = decideConffile(situation, ctx.conffiles);
  const kept = decision.copiesPermissions ? await tree.lookup(place) : null;
  if (decision.activates) activatePath(live.db, live.db.effectivePath(conffile.path, record.name), record);
  for (const step of decision.steps) stack.push(originOf(record), await stepChanges(ctx, place, step, kept));
  return decision.hash;
}
