import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type PlainView, plainView } from '../layout/plain-view.ts';
import { removeTree } from '../native/remove-tree.ts';
import type { Repo } from '../native/repo.ts';
import type { Change, TreeNode } from '../native/types.ts';
import type { BaseSource } from './base-reader.ts';
import type { FileMetadata } from './types.ts';
import { repoArea } from './work-area.ts';

/** A base commit, seen as the plain tree that it stands for. */
export interface Base {
  commit: string;
  view: PlainView;
  source: BaseSource;
  /** Folders that show the plain tree when they are mounted one over the other, the topmost first. */
  lowers: string[];
}

/**
 * Opens a base commit. Its tree is checked out by hardlinks once and kept for the next time; where a deployment of
 * the commit stands, that is used instead and nothing is checked out.
 */
export async function openBase(repo: Repo, commit: string, deployment: string | null): Promise<Base> {
  const { view, source } = await viewBase(repo, commit);
  const cache = join(repoArea(repo), 'base');
  await mkdir(cache, { recursive: true });
  await sweep(repo, cache);
  const tree =
    deployment ??
    (await cached(join(cache, commit), (dir) => repo.checkout(commit, dir, { how: 'hardlink' })));
  const plain = await cached(join(cache, `${commit}.plain`), async (dir) => {
    await mkdir(dir, { mode: 0o755 });
    await repo.materialize(dir, (await view.layer()) as Change[], { overlay: true });
  });
  return { commit, view, source, lowers: [plain, tree] };
}

/** The plain tree of a commit, to read only. */
export async function viewBase(
  repo: Repo,
  commit: string,
): Promise<Pick<Base, 'commit' | 'view' | 'source'>> {
  const view = await plainView({
    lookup: (paths) => repo.lookup(commit, paths),
    list: (path, depth) => repo.listTree(commit, path, limit(depth)),
    read: (paths) => repo.readFiles(commit, paths),
  });
  const source: BaseSource = {
    place: view.place,
    mounts: view.mounts,
    made: view.made,
    lookup: (places) => repo.lookup(commit, places),
    async list(place, depth) {
      const entries = await repo.listTree(commit, place, limit(depth));
      return entries.map(({ path, node }) => ({ path, node: metadataOf(node) }));
    },
  };
  return { commit, view, source };
}

/** Made beside its place and renamed, so that what is there is always whole. */
async function cached(dir: string, make: (dir: string) => Promise<unknown>): Promise<string> {
  if (await stat(dir).catch(() => null)) return dir;
  const temporary = `${dir}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await make(temporary);
    await rename(temporary, dir);
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
  return dir;
}

function metadataOf(node: Exclude<TreeNode, { type: 'blocked' }>): FileMetadata {
  return node.type === 'dir' ? node : { ...node, from: '' };
}

function limit(depth: number): { depth?: number } {
  return depth > 0 ? { depth } : {};
}

/** Drops checkouts of commits that are gone, and what a killed process had begun. The writer's lock is held. */
async function sweep(repo: Repo, cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const commit = name.split('.')[0]!;
    if (name.endsWith('.tmp') || (await repo.resolveRev(commit)) === null)
      await removeTree(join(cache, name));
  }
}
