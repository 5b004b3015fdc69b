import type { FileMetadata } from '../assembly/types.ts';
import type { CallOptions } from '../native/call.ts';
import type { Repo } from '../native/repo.ts';
import { type InitramfsRecord, imagePath, parseInitramfsRecord, recordPath } from './initramfs-record.ts';

type FileNode = Extract<FileMetadata, { type: 'file' }>;

const PREFIX = 'apt-ostree/cache/initramfs';

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

/** Keeps the image of a commit for other composes. A transaction must be open; takes effect when it commits. */
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
  const { commit: kept } = await repo.writeCommit(
    {
      base: null,
      changes: [
        { op: 'object', path: '/image', checksum: image.checksum },
        { op: 'object', path: '/record', checksum: node.checksum },
      ],
      subject: `initramfs of ${kernel}`,
    },
    options,
  );
  await repo.setRef(`${PREFIX}/${record.control}`, kept, options);
}
