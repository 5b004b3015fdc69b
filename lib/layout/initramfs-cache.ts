import type { FileMetadata } from '../assembly/types.ts';
import { type KeepRule, outdated } from '../cache/outdated.ts';
import type { CallOptions } from '../native/call.ts';
import type { Repo } from '../native/repo.ts';
import { type InitramfsRecord, imagePath, parseInitramfsRecord, recordPath } from './initramfs-record.ts';

type FileNode = Extract<FileMetadata, { type: 'file' }>;

const PREFIX = 'apt-ostree/cache/initramfs';

/**
 * Kernels are replaced every few weeks, and an image that was dropped takes half a minute to build again, so a month
 * loses next to nothing. A builder of many variants has one image for each set of drivers; of 64, at 30 to 60 MB, none
 * fills a disk.
 */
const KEEP: KeepRule = { days: 30, most: 64 };

/** Images made before, by `control` of their record. */
export interface InitramfsCache {
  find(control: string): Promise<{ record: InitramfsRecord; image: FileNode; recordFile: FileNode } | null>;
}

/** Those that `keepInitramfs` has kept in a repository. */
export function initramfsCache(repo: Repo, options?: CallOptions): InitramfsCache {
  return {
    async find(control) {
      const commit = await repo.resolveRev(`${PREFIX}/${control}`, options);
      if (commit === null) return null;
      const [data] = await repo.readFiles(commit, ['/record'], options);
      const [image, recordNode] = await repo.lookup(commit, ['/image', '/record'], options);
      const record = data ? parseInitramfsRecord(data) : null;
      if (record?.control !== control || image?.type !== 'file' || recordNode?.type !== 'file') return null;
      return { record, image: { ...image, from: '' }, recordFile: { ...recordNode, from: '' } };
    },
  };
}

/**
 * Keeps the image of a commit for other composes, as used now, and drops those that nobody has used for long. The
 * writer's lock must be held and a transaction be open; takes effect when that commits.
 */
export async function keepInitramfs(
  repo: Repo,
  commit: string,
  kernel: string,
  options?: CallOptions,
): Promise<void> {
  const [image, node] = await repo.lookup(commit, [imagePath(kernel), recordPath(kernel)], options);
  const [data] = await repo.readFiles(commit, [recordPath(kernel)], options);
  const record = data ? parseInitramfsRecord(data) : null;
  if (!record || image?.type !== 'file' || node?.type !== 'file') return;
  // Before the new ref is set: until the transaction commits, the list shows when this one was used the last time.
  await dropInitramfs(repo, KEEP, options);
  const { commit: kept } = await repo.writeCommit(
    {
      base: null,
      changes: [
        { op: 'object', path: '/image', checksum: image.checksum },
        { op: 'object', path: '/record', checksum: node.checksum },
      ],
      subject: `initramfs of ${kernel}`,
      timestamp: Math.floor(Date.now() / 1000),
    },
    options,
  );
  await repo.setRef(`${PREFIX}/${record.control}`, kept, options);
}

/**
 * Drops the images that have not been used for long, or all but some. The writer's lock must be held and a transaction
 * be open; their objects go with the next prune.
 *
 * @returns how many there were.
 */
export async function dropInitramfs(
  repo: Repo,
  rule: KeepRule = KEEP,
  options?: CallOptions,
): Promise<number> {
  const refs = Object.entries(await repo.listRefs(PREFIX, options));
  const entries = refs.map(async ([name, commit]) => {
    const { timestamp } = await repo.readCommit(commit, options);
    return { name, used: timestamp * 1000 };
  });
  const names = outdated(await Promise.all(entries), rule);
  for (const name of names) await repo.setRef(name, null, options);
  return names.length;
}
