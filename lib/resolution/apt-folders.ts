import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type KeepRule, outdated } from '../cache/outdated.ts';
import { waitForLock } from '../native/lock.ts';
import { hasLiveSession } from './apt-sessions.ts';
import type { AptTarget } from './plan.ts';

/**
 * Lists of one set of sources take up to 200 MB and are fetched again before nearly every use, so that losing them
 * costs a download. A builder of daily snapshots has a new set every day: 16 of them take 3 GB.
 */
const KEEP: KeepRule = { days: 30, most: 16 };

/** Names of folders, and of those that are being removed. */
const NAME = /^[0-9a-f]{12}$/;
const GONE = /^[0-9a-f]{12}\.gone$/;

/** The private folder of a set of sources: each has its own lists, so that none ever sees another's. */
export function folderOf(
  aptDir: string,
  { repos, architecture }: Pick<AptTarget, 'repos' | 'architecture'>,
): string {
  const key = createHash('sha256')
    .update(JSON.stringify([repos, architecture]))
    .digest('hex');
  return join(aptDir, key.slice(0, 12));
}

/**
 * Runs `enter`, which makes a session in a target's folder, while no folder can be removed. Where the folder is a new
 * one, those that nobody has used for long go.
 */
export async function enterFolder<T>(dir: string, enter: () => Promise<T>): Promise<T> {
  const aptDir = dirname(dir);
  await mkdir(aptDir, { recursive: true, mode: 0o755 });
  using _ = await lockFolders(aptDir);
  const made = await mkdir(dir, { recursive: true, mode: 0o755 });
  const entered = await enter();
  if (made !== undefined) await removeOutdated(aptDir, KEEP);
  return entered;
}

/**
 * Removes apt's folders that have not been used for long, or all but some. Those in use stay.
 *
 * @returns how many there were.
 */
export async function dropAptFolders(aptDir: string, rule: KeepRule = KEEP): Promise<number> {
  await mkdir(aptDir, { recursive: true, mode: 0o755 });
  using _ = await lockFolders(aptDir);
  return await removeOutdated(aptDir, rule);
}

/** Held for as long as it takes to make a session or to remove folders, so that no wait is long. */
async function lockFolders(aptDir: string): Promise<Disposable> {
  return (await waitForLock(join(aptDir, 'lock'), { wait: Number.POSITIVE_INFINITY }))!;
}

async function removeOutdated(aptDir: string, rule: KeepRule): Promise<number> {
  const names = await readdir(aptDir);
  // Of a process that was killed while it removed them.
  for (const name of names.filter((n) => GONE.test(n)))
    await rm(join(aptDir, name), { recursive: true, force: true });
  const folders = names
    .filter((name) => NAME.test(name))
    // Sessions are entries that come and go.
    .map(async (name) => ({ name, used: (await stat(join(aptDir, name))).mtimeMs }));
  let removed = 0;
  for (const name of outdated(await Promise.all(folders), rule))
    if (await removeFolder(join(aptDir, name))) removed += 1;
  return removed;
}

/** First out of the way: of a folder that is gone in part, what is left would pass for complete lists. */
async function removeFolder(dir: string): Promise<boolean> {
  if (await hasLiveSession(dir)) return false;
  await rename(dir, `${dir}.gone`);
  await rm(`${dir}.gone`, { recursive: true, force: true });
  return true;
}
