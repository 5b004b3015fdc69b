import { activateFile } from '../dpkg/trigger-activation.ts';
import type { PackageRecord } from '../dpkg/types.ts';
import {
  checkOwner,
  type EntryOnDisk,
  refuseConflict,
  refuseDiverted,
  type Unpacking,
} from '../dpkg/unpack-plan.ts';
import { AptOstreeError } from '../errors/error.ts';
import type { Accounts } from './accounts.ts';
import type { Incoming } from './incoming.ts';
import { type MemberPolicy, membersOf, type Placed, placePayload, placesOf } from './payload.ts';
import { refuseDifferent } from './shared-file.ts';
import { type LayeringContext, originOf } from './transaction.ts';
import type { LayerChange } from './types.ts';

const ENTRY_TYPES = { d: 'dir', f: 'file', h: 'file', l: 'symlink' } as const;

/** Places a package's payload in the tree as the database allows it, and activates file triggers. */
export async function placePackage(
  ctx: LayeringContext,
  incoming: Incoming,
  unpacking: Unpacking,
  slot: PackageRecord,
): Promise<Placed> {
  const { tree, stack, live } = ctx;
  const { record, db } = unpacking;
  const { entries } = incoming.manifest;
  const accounts = await live.accounts();
  const origin = originOf(record);
  const policy: MemberPolicy = {
    effective: (path) => db.effectivePath(path, record.name),
    wanted: ctx.wanted,
    isConffile: (path) => unpacking.conffiles.has(path),
    override: (path) => overrideOf(ctx, accounts, path),
    claim(path, type, before) {
      const entry: EntryOnDisk = { type: ENTRY_TYPES[type], standing: before?.type ?? 'nothing' };
      const answer = checkOwner(unpacking, path, entry);
      if (answer.verdict === 'conflict') refuseConflict(unpacking, path, { owner: answer.owner, entry });
      return answer.verdict === 'skip' || answer.verdict === 'shared' ? answer.verdict : 'take';
    },
    checkShared: (shared) => refuseDifferent(ctx, unpacking, shared),
    visit(path, effective) {
      refuseDiverted(unpacking, path);
      activateFile(db, effective, db.get(slot.name, slot.architecture) ?? null);
    },
  };
  await tree.prefetch(placesOf(entries).map(policy.effective));
  const put = (change: LayerChange) => stack.push(origin, [change]);
  return placePayload(tree, membersOf(entries, accounts), policy, put, ctx.readObject);
}

function overrideOf(ctx: LayeringContext, accounts: Accounts, path: string) {
  const override = ctx.live.db.statOverride(path);
  if (!override) return null;
  const id = (map: Map<string, number>, name: string) =>
    name.startsWith('#') ? Number(name.slice(1)) : map.get(name);
  const uid = id(accounts.uids, override.user);
  const gid = id(accounts.gids, override.group);
  if (uid === undefined || gid === undefined)
    throw new AptOstreeError(
      'ERR_DPKG_DATABASE',
      `statoverride of ${path} names an unknown account (${override.user}:${override.group})`,
    );
  return { uid, gid, mode: override.mode };
}
