import { existsSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MOUNT = '/sys/fs/cgroup';

export interface MemoryGroup extends AsyncDisposable {
  /** Command of a shell that puts it into the group. */
  enter: string;
}

/** A control group, of either version, that may take so many bytes and swap nothing. */
export async function memoryGroup(bytes: number): Promise<MemoryGroup> {
  const first = existsSync(join(MOUNT, 'memory'));
  const path = join(MOUNT, first ? 'memory' : '', `test-apt-ostree-${process.pid}`);
  await mkdir(path);
  const dispose = () => rmdir(path);
  try {
    await writeFile(join(path, first ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
    if (!first) await writeFile(join(path, 'memory.swap.max'), '0');
  } catch (error) {
    await dispose();
    throw error;
  }
  return { enter: `echo $$ > ${path}/cgroup.procs`, [Symbol.asyncDispose]: dispose };
}
