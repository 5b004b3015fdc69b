import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptPaths } from './apt-config.ts';
import type { AptTarget } from './plan.ts';

/** Whether the lists of a target were fetched for the same sources less than `maxAge` seconds ago. */
export async function isFresh(target: AptTarget): Promise<boolean> {
  if (target.maxAge <= 0) return false;
  const stamp = await readStamp(target);
  if (stamp === null || stamp.key !== (await sourcesKey(target))) return false;
  const age = (Date.now() - stamp.time) / 1000;
  return age >= 0 && age <= target.maxAge;
}

/** Notes that the lists are complete as of now. */
export async function markFresh(target: AptTarget): Promise<void> {
  const stamp = { time: Date.now(), key: await sourcesKey(target) };
  await writeFile(aptPaths(target.dir).fresh, JSON.stringify(stamp));
}

/** To be called before lists are touched: a refresh that fails half way leaves none that count as fresh. */
export async function markStale(target: AptTarget): Promise<void> {
  await rm(aptPaths(target.dir).fresh, { force: true });
}

async function readStamp(target: AptTarget): Promise<{ time: number; key: string } | null> {
  try {
    return JSON.parse(await readFile(aptPaths(target.dir).fresh, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What the lists depend on besides time: the sources and the architectures. */
async function sourcesKey({ repos, architecture, foreignArchitectures }: AptTarget): Promise<string> {
  const sources = repos === 'host' ? await hostSourceTimes() : repos;
  return createHash('sha256')
    .update(JSON.stringify([sources, architecture, foreignArchitectures]))
    .digest('hex');
}

async function hostSourceTimes(): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => join(folder, name))];
  const times = await Promise.all(
    files.map(async (file) => `${file} ${(await stat(file).catch(() => null))?.mtimeMs ?? 'absent'}`),
  );
  return times;
}
