import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes a folder for a session of this process, and removes those of processes that died. */
export async function makeSession(dir: string): Promise<string> {
  for (const { name, alive } of await sessions(dir))
    if (!alive) await rm(join(dir, name), { recursive: true, force: true });
  return mkdtemp(join(dir, `session-${process.pid}-`));
}

export async function hasLiveSession(dir: string): Promise<boolean> {
  return (await sessions(dir)).some(({ alive }) => alive);
}

async function sessions(dir: string): Promise<{ name: string; alive: boolean }[]> {
  return (await readdir(dir)).flatMap((name) => {
    const pid = /^session-(\d+)-/.exec(name)?.[1];
    return pid === undefined ? [] : [{ name, alive: isAlive(Number(pid)) }];
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
