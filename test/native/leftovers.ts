import { readdir, readFile } from 'node:fs/promises';

/** Mounts of any process and command lines that mention `text`. */
export async function leftovers(text: string): Promise<{ mounts: string[]; processes: string[] }> {
  const mounts: string[] = [];
  const processes: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may end while it is looked at.
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
    if (Number(pid) !== process.pid && (await read('cmdline')).includes(text)) processes.push(pid);
    mounts.push(...(await read('mountinfo')).split('\n').filter((line) => line.includes(text)));
  }
  return { mounts, processes };
}
