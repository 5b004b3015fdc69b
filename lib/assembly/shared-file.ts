import { previousHash } from '../dpkg/conffiles.ts';
import type { Unpacking } from '../dpkg/unpack-plan.ts';
import { AptOstreeError } from '../errors/error.ts';
import { md5 } from './conffile-steps.ts';
import { followConffile, type Member } from './payload.ts';
import type { LayeringContext } from './transaction.ts';
import type { FileMetadata } from './types.ts';

/** A member whose path another instance of the package has placed already. */
export interface SharedMember {
  member: Member;
  /** Where it stands, and what does. */
  place: string;
  before: FileMetadata | null;
}

/**
 * Instances of a package share a path only where each of them has the same there: not the rights, but the content.
 *
 * @throws ERR_FILE_CONFLICT in dpkg's words.
 */
export async function refuseDifferent(
  ctx: LayeringContext,
  { db, record, conffiles }: Unpacking,
  shared: SharedMember,
): Promise<void> {
  const { path, type } = shared.member;
  if (type === 'd') return;
  const isConffile = conffiles.has(path);
  const recorded = isConffile ? previousHash(db, record, path) : undefined;
  if (await (isConffile ? isSameConffile(ctx, shared, recorded) : isSame(ctx, shared))) return;
  const name = db.displayName(record);
  const text = `trying to overwrite shared '${path}', which is different from other instances of package ${name}`;
  throw new AptOstreeError('ERR_FILE_CONFLICT', `${name} ${record.version}: ${text}`, {
    details: { path, package: name, owner: record.name },
  });
}

async function isSame(ctx: LayeringContext, { member, place, before }: SharedMember): Promise<boolean> {
  const { node } = member;
  if (node.type === 'symlink') return before?.type === 'symlink' && before.target === node.target;
  if (node.type !== 'file' || before?.type !== 'file' || before.size !== node.size) return false;
  if (before.checksum === node.checksum) return true;
  return (await ctx.tree.read(place))!.equals(await ctx.readObject(node.checksum));
}

/** What counts is what was distributed, not what became of it. */
async function isSameConffile(
  ctx: LayeringContext,
  { member, place }: SharedMember,
  recorded: string | undefined,
): Promise<boolean> {
  const { node } = member;
  if (node.type !== 'file') return false;
  const unpacked =
    recorded === undefined ? await ctx.tree.read(`${await followConffile(ctx.tree, place)}.dpkg-new`) : null;
  return (recorded ?? (unpacked && md5(unpacked))) === md5(await ctx.readObject(node.checksum));
}
