import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AptOstreeError } from '../errors/error.ts';
import { type LockOptions, tryLock, waitForLock } from '../native/lock.ts';
import { removeTree } from '../native/remove-tree.ts';
import type { Repo } from '../native/repo.ts';

/** Our own corner of a repository: same file system as its objects, and libostree leaves it alone. */
export function repoArea(repo: Repo): string {
  return join(repo.path, 'extensions', 'apt-ostree');
}

/** A private folder of one transaction. A killed owner's folder is swept by the next one that opens the area. */
export interface WorkFolder extends AsyncDisposable {
  readonly dir: string;
}

export async function openWorkFolder(repo: Repo): Promise<WorkFolder> {
  const area = join(repoArea(repo), 'work');
  await mkdir(area, { recursive: true });
  await sweep(area);
  const dir = join(area, randomBytes(4).toString('hex'));
  // The lock is taken before the folder exists, so that a sweep never sees a folder without its owner.
  const lock = tryLock(`${dir}.lock`);
  if (lock === null) throw new AptOstreeError('ERR_LOCKED', `${dir}.lock is held`);
  await mkdir(dir, { mode: 0o700 });
  return {
    dir,
    async [Symbol.asyncDispose]() {
      await removeTree(dir);
      await rm(`${dir}.lock`, { force: true });
      lock[Symbol.dispose]();
    },
  };
}

async function sweep(area: string): Promise<void> {
  for (const name of await readdir(area)) {
    if (!name.endsWith('.lock')) continue;
    const file = join(area, name);
    const lock = tryLock(file);
    if (lock === null) continue;
    await removeTree(file.slice(0, -'.lock'.length));
    await rm(file, { force: true });
    lock[Symbol.dispose]();
  }
}

/**
 * The writer's lock of a repository: ref updates of libostree do not look at the old value, so every transaction
 * of ours holds this from its first read of a ref to the update.
 * @throws ERR_LOCKED when it is held longer than `wait`.
 */
export async function lockRepo(repo: Repo, options: LockOptions = {}): Promise<Disposable> {
  await mkdir(repoArea(repo), { recursive: true });
  const lock = await waitForLock(join(repoArea(repo), 'lock'), options);
  if (lock === null)
    throw new AptOstreeError('ERR_LOCKED', `another transaction works on ${repo.path}`, {
      hint: 'wait for it, or give --wait=SECONDS',
    });
  return lock;
}
