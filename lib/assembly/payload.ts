import { AptOstreeError } from '../errors/error.ts';
import type { ManifestColumns } from '../native/types.ts';
import type { Accounts } from './accounts.ts';
import { parentOf } from './path.ts';
import type { SharedMember } from './shared-file.ts';
import { linkPath, type Tree } from './tree.ts';
import type { FileMetadata, LayerChange } from './types.ts';

/** One member of a package about to be placed. */
export interface Member {
  /** As dpkg lists it; "/" for the root. */
  path: string;
  type: 'd' | 'f' | 'l' | 'h';
  node: FileMetadata;
  /** Owner as numbers of this tree, or as a statoverride wants it; differs from `node` when the object must change. */
  owner: { uid: number; gid: number; mode: number };
}

/** What dpkg's database has to say about one member (diversions, filters, owners). */
export interface MemberPolicy {
  /** Where the member goes: its path, or where a diversion sends it. */
  effective(path: string): string;
  /** False: a path filter keeps it out; it stays in the file list, and packages conflict over it all the same. */
  wanted(path: string, type: Member['type']): boolean;
  isConffile(path: string): boolean;
  override(path: string): { uid: number; gid: number; mode: number } | null;
  /** Called for every member before anything is decided about it: what a filter keeps out activates triggers too. */
  visit(path: string, effective: string): void;
  /**
   * May this package have this path? `skip`: another package's Replaces keeps ours out. `shared`: another instance
   * of the package has placed it.
   * @throws ERR_FILE_CONFLICT with both packages.
   */
  claim(path: string, type: Member['type'], before: FileMetadata | null): 'take' | 'skip' | 'shared';
  /** @throws ERR_FILE_CONFLICT when what another instance of the package has placed is something else. */
  checkShared(shared: SharedMember): Promise<void>;
}

export interface Placed {
  /** The package's file list, in dpkg's order and spelling. */
  list: string[];
  /** Paths that were really placed: no kept directories, nothing left out. */
  taken: Set<string>;
  /** Paths that an installed package keeps from this one. */
  skipped: Set<string>;
  /** Listed paths that a path filter keeps out. */
  filtered: Set<string>;
}

/**
 * Places a package's members with dpkg's rules for what may replace what. Conffiles go beside their place as
 * `.dpkg-new` until they are configured. `put` applies each change at once, as later members resolve through it.
 */
export async function placePayload(
  tree: Tree,
  members: Iterable<Member>,
  policy: MemberPolicy,
  put: (change: LayerChange) => void,
  readObject: (checksum: string) => Promise<Buffer>,
): Promise<Placed> {
  const list: string[] = [];
  const taken = new Set<string>();
  const skipped = new Set<string>();
  const filtered = new Set<string>();
  for (const member of members) {
    const { path } = member;
    const listed = path === '/' ? '/.' : path;
    if (path === '/') {
      list.push(listed);
      continue;
    }
    const effective = policy.effective(path);
    policy.visit(path, effective);
    const place = await tree.resolve(effective);
    const before = (await tree.node(place))?.meta ?? null;
    const stays = await staysDirectory(tree, place, before, member);
    const claim = stays ? 'stays' : policy.claim(path, member.type, before);
    if (claim === 'skip') {
      skipped.add(path);
      continue;
    }
    list.push(listed);
    if (!policy.wanted(path, member.type)) {
      filtered.add(listed);
      continue;
    }
    if (claim === 'shared') await policy.checkShared({ member, place, before });
    if (claim !== 'take') continue;
    taken.add(listed);
    if (member.type === 'd') {
      const { uid, gid, mode } = member.owner;
      if (before) put({ op: 'remove', path: place });
      await ensureParents(tree, place, put);
      put({ op: 'dir', path: place, uid, gid, mode });
      continue;
    }
    const target = policy.isConffile(path) ? `${await followConffile(tree, place)}.dpkg-new` : place;
    if (before?.type === 'dir' && target === place) put({ op: 'remove', path: place });
    await ensureParents(tree, target, put);
    put(await fileChange(target, member, policy.override(path), readObject));
  }
  return { list, taken, skipped, filtered };
}

/** First creator wins: an existing directory keeps its owner and mode, also when it is reached through a symlink. */
async function staysDirectory(
  tree: Tree,
  place: string,
  before: FileMetadata | null,
  member: Member,
): Promise<boolean> {
  if (before === null) return false;
  if (member.type === 'd') {
    if (before.type === 'dir') return true;
    return before.type === 'symlink' && (await isDirectory(tree, place));
  }
  if (member.type !== 'l' || member.node.type !== 'symlink') return false;
  if (before.type === 'dir') return true;
  if (before.type !== 'symlink' || !(await isDirectory(tree, place))) return false;
  return (await tree.resolveDir(linkPath(place, member.node.target))) === (await tree.resolveDir(place));
}

async function isDirectory(tree: Tree, path: string): Promise<boolean> {
  return (await tree.lookup(await tree.resolveDir(path)))?.type === 'dir';
}

async function fileChange(
  path: string,
  member: Member,
  override: { uid: number; gid: number; mode: number } | null,
  readObject: (checksum: string) => Promise<Buffer>,
): Promise<LayerChange> {
  const { node } = member;
  if (node.type === 'dir') throw new AptOstreeError('ERR_INTERNAL', `${path} is a directory`);
  const owner = override ?? member.owner;
  const same =
    node.uid === owner.uid && node.gid === owner.gid && (node.type === 'symlink' || node.mode === owner.mode);
  if (same) return { op: 'node', path, node };
  if (node.type === 'symlink')
    return { op: 'symlink', path, uid: owner.uid, gid: owner.gid, target: node.target };
  return { op: 'write', path, ...owner, data: await readObject(node.checksum) };
}

/** Archives may leave parent directories out; dpkg refuses them, tar makes them: they are made as root's. */
async function ensureParents(tree: Tree, path: string, put: (change: LayerChange) => void): Promise<void> {
  const dir = parentOf(path);
  if (dir === '/') return;
  const node = await tree.lookup(dir);
  if (node?.type === 'dir') return;
  if (node)
    throw new AptOstreeError('ERR_UNSAFE_PATH', `${dir} is not a directory, but ${path} goes below it`);
  await ensureParents(tree, dir, put);
  put({ op: 'dir', path: dir, mode: 0o755, uid: 0, gid: 0 });
}

/** A conffile that the administrator made a link of is followed, as dpkg does, for at most 25 links. */
export async function followConffile(tree: Tree, path: string): Promise<string> {
  let at = path;
  for (let links = 0; links < 25; links++) {
    const node = await tree.lookup(at);
    if (node?.type !== 'symlink') return at;
    at = await tree.resolve(linkPath(at, node.target));
  }
  throw new AptOstreeError('ERR_UNSAFE_PATH', `the symbolic links of conffile ${path} go in circles`);
}

/** The members of a manifest with their owners as this tree numbers them. */
export function* membersOf(entries: ManifestColumns, accounts: Accounts): Generator<Member> {
  for (let i = 0; i < entries.path.length; i++) {
    const raw = entries.path[i]!;
    const path = raw === '/.' ? '/' : raw;
    const type = entries.type[i] as Member['type'];
    const uid = entries.uid[i]!;
    const gid = entries.gid[i]!;
    const mode = entries.mode[i]!;
    const owner = {
      uid: accounts.uids.get(entries.uname[i]!) ?? uid,
      gid: accounts.gids.get(entries.gname[i]!) ?? gid,
      mode,
    };
    yield { path, type, node: nodeOf(entries, i), owner };
  }
}

function nodeOf(entries: ManifestColumns, i: number): FileMetadata {
  const uid = entries.uid[i]!;
  const gid = entries.gid[i]!;
  const mode = entries.mode[i]!;
  const checksum = entries.checksum[i]!;
  switch (entries.type[i]) {
    case 'd':
      return { type: 'dir', mode, uid, gid };
    case 'l':
      return { type: 'symlink', uid, gid, target: entries.target[i]!, checksum, from: '' };
    default:
      return { type: 'file', mode, uid, gid, size: entries.size[i]!, checksum, from: '' };
  }
}

/** Every place where a member may end up, for one prefetch of the base. */
export function placesOf(entries: ManifestColumns): string[] {
  return entries.path.map((path) => (path === '/.' ? '/' : path));
}
