import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptConfig, formatPins, formatSources } from './apt-config.ts';
import { enterFolder } from './apt-folders.ts';
import { makeSession } from './apt-sessions.ts';
import type { AptTarget, ResolveRequest } from './plan.ts';

/**
 * Where things lie in a target's private folder. Lists are shared by all who use the same sources, archives by all;
 * configuration and pins belong to one session, so that others with other requests do not disturb it.
 */
export interface AptFolder {
  session: string;
  config: string;
  preferences: string;
  /** An empty file: the status of a tree that has nothing. */
  none: string;
  sources: string;
  lists: string;
  /** Written when the lists are complete. */
  fresh: string;
  cache: string;
  archives: string;
  listsLock: string;
  archivesLock: string;
}

/**
 * Makes the folder with a new session in it, and removes what sessions that died left behind, and what nobody uses.
 *
 * @throws ERR_USAGE for sources or paths that apt cannot be given.
 */
export async function openAptFolder(target: AptTarget): Promise<AptFolder> {
  const { dir } = target;
  const session = await enterFolder(dir, () => makeSession(dir));
  const shared = join(dir, 'sources', sourcesKey(target));
  const folder: AptFolder = {
    session,
    config: join(session, 'apt.conf'),
    preferences: join(session, 'preferences'),
    none: join(session, 'none'),
    sources: join(session, 'sources.list.d'),
    lists: join(shared, 'lists'),
    fresh: join(shared, 'fresh.json'),
    cache: join(shared, 'cache'),
    archives: join(dir, 'archives'),
    listsLock: join(shared, 'lock'),
    archivesLock: join(dir, 'archives.lock'),
  };
  const folders = [
    folder.sources,
    join(folder.lists, 'partial'),
    folder.cache,
    join(folder.archives, 'partial'),
  ];
  for (const path of folders) await mkdir(path, { recursive: true, mode: 0o755 });
  if (target.repos !== 'host')
    await writeFile(join(folder.sources, 'apt-ostree.sources'), formatSources(target.repos));
  await writeFile(folder.none, '');
  await writeFile(folder.preferences, target.preferences);
  await writeFile(folder.config, aptConfig(target, folder));
  return folder;
}

export async function closeAptFolder(folder: AptFolder): Promise<void> {
  await rm(folder.session, { recursive: true, force: true });
}

/** Writes the pins of one request: what it excludes or locks comes first, for the first pin that matches wins. */
export async function writePins(
  folder: AptFolder,
  target: AptTarget,
  request: ResolveRequest,
): Promise<void> {
  await writeFile(folder.preferences, formatPins(request, target.preferences));
}

function sourcesKey({ repos, architecture, foreignArchitectures }: AptTarget): string {
  const text = JSON.stringify([repos, architecture, foreignArchitectures]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
