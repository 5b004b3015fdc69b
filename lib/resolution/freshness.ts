import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AptFolder } from './apt-folder.ts';
import type { AptTarget } from './plan.ts';

/** Whether the lists were fetched less than `maxAge` seconds ago, and the machine's sources are those of then. */
export async function isFresh(target: AptTarget, { fresh }: AptFolder): Promise<boolean> {
  if (target.maxAge <= 0) return false;
  const stamp = await readStamp(fresh);
  if (stamp === null || stamp.sources !== (await hostSources(target))) return false;
  const age = (Date.now() - stamp.time) / 1000;
  return age >= 0 && age <= target.maxAge;
}

/** Notes that the lists are complete as of now. */
export async function markFresh(target: AptTarget, { fresh }: AptFolder): Promise<void> {
  const stamp: Stamp = { time: Date.now(), sources: await hostSources(target) };
  await writeFile(fresh, JSON.stringify(stamp));
}

/** To be called before lists are touched: a refresh that fails half way leaves none that count as fresh. */
export async function markStale({ fresh }: AptFolder): Promise<void> {
  await rm(fresh, { force: true });
}

interface Stamp {
  /** Milliseconds since the epoch. */
  time: number;
  sources: string;
}

async function readStamp(file: string): Promise<Stamp | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Names and times of the machine's source files where they are used; sources of the target's own are in its key. */
async function hostSources({ repos }: AptTarget): Promise<string> {
  if (repos !== 'host') return '';
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => join(folder, name))];
  const times = files.map(
    async (file) => `${file} ${(await stat(file).catch(() => null))?.mtimeMs ?? 'absent'}`,
  );
  return (await Promise.all(times)).join('\n');
}
