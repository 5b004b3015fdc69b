import { isPresent } from '../dpkg/record.ts';
import { incorporateTriggers } from '../dpkg/trigger-activation.ts';
import type { PackageRecord } from '../dpkg/types.ts';
import { callArguments, type ScriptEvent, type ScriptName } from '../scripts/calls.ts';
import type { Incoming } from './incoming.ts';
import { ADMIN_DIR } from './live-database.ts';
import type { LayeringContext } from './transaction.ts';
import type { LayerChange } from './types.ts';

/** Runs a script of an unpacked package as an event calls it, where the package has one. */
export async function runInstalledScript(
  ctx: LayeringContext,
  record: PackageRecord,
  script: ScriptName,
  event: ScriptEvent,
): Promise<void> {
  const { db } = ctx.live;
  if (!db.hasInfo(record, script)) return;
  await ctx.runScript({
    package: record.name,
    version: record.version ?? '',
    architecture: record.architecture,
    script,
    args: callArguments(event, script),
    path: `${ADMIN_DIR}/info/${db.infoName(record)}.${script}`,
    refcount: refcountOf(ctx, record.name),
  });
  // After a postinst the package gets its new state first: what it activated itself may hold it.
  if (script !== 'postinst') incorporateTriggers(db);
}

/**
 * Runs a script of a package that is not unpacked yet, from the folder where dpkg puts its control members:
 * debconf finds the templates and the package's name there.
 */
export async function runIncomingScript(
  ctx: LayeringContext,
  incoming: Incoming,
  script: ScriptName,
  event: ScriptEvent,
): Promise<void> {
  if (!incoming.manifest.members.some((m) => m.name === script)) return;
  const dir = `${ADMIN_DIR}/tmp.ci`;
  const put: LayerChange[] = [{ op: 'dir', path: dir, mode: 0o755, uid: 0, gid: 0 }];
  put.push({
    op: 'write',
    path: `${dir}/control`,
    mode: 0o644,
    uid: 0,
    gid: 0,
    data: Buffer.from(incoming.manifest.control),
  });
  for (const { name, mode, size, checksum } of incoming.manifest.members)
    put.push({
      op: 'node',
      path: `${dir}/${name}`,
      node: { type: 'file', mode, uid: 0, gid: 0, size, checksum, from: '' },
    });
  ctx.stack.push({ kind: 'database' }, put);
  const { name, version, architecture } = incoming;
  await ctx.runScript({
    package: name,
    version,
    architecture,
    script,
    args: callArguments(event, script),
    path: `${dir}/${script}`,
    refcount: refcountOf(ctx, name) || 1,
  });
  ctx.stack.push({ kind: 'database' }, [{ op: 'remove', path: dir }]);
  incorporateTriggers(ctx.live.db);
}

function refcountOf(ctx: LayeringContext, name: string): number {
  return ctx.live.db.instances(name).filter(isPresent).length;
}
