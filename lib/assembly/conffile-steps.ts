import { createHash } from 'node:crypto';
import type { ConffileStep } from '../dpkg/conffile-decision.ts';
import { followConffile } from './payload.ts';
import type { LayeringContext } from './transaction.ts';
import type { FileMetadata, LayerChange } from './types.ts';

/** Where a conffile really stands: diverted, and with links followed. */
export async function conffilePlace(
  ctx: LayeringContext,
  packageName: string,
  path: string,
): Promise<string> {
  const { tree, live } = ctx;
  return followConffile(tree, await tree.resolve(live.db.effectivePath(path, packageName)));
}

/** One step of dpkg's treatment of a conffile, as changes of the tree. `kept`: whose owner and mode a new file gets. */
export async function stepChanges(
  ctx: LayeringContext,
  place: string,
  step: ConffileStep,
  kept: FileMetadata | null,
): Promise<LayerChange[]> {
  if (step.op === 'remove') {
    const there = await ctx.tree.lookup(place + step.suffix);
    return there ? [{ op: 'remove', path: place + step.suffix }] : [];
  }
  const from = place + step.from;
  const node = await ctx.tree.lookup(from);
  if (node?.type !== 'file') return [];
  const owner = step.op === 'rename' && step.from === '.dpkg-new' && kept?.type === 'file' ? kept : node;
  const same = owner.mode === node.mode && owner.uid === node.uid && owner.gid === node.gid;
  const { mode, uid, gid } = owner;
  const to: LayerChange =
    same && node.checksum
      ? { op: 'node', path: place + step.to, node }
      : { op: 'write', path: place + step.to, mode, uid, gid, data: (await ctx.tree.read(from))! };
  return step.op === 'rename' ? [to, { op: 'remove', path: from }] : [to];
}

export function md5(data: Buffer): string {
  return createHash('md5').update(data).digest('hex');
}
