import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SystemOptions } from '../requests.ts';
import { DEFAULT_CACHE } from '../workspace.ts';

/** Folders for an operation that writes to no repository. */
export interface Scratch extends AsyncDisposable {
  dir: string;
  aptDir: string;
}

export async function openScratch(system: SystemOptions): Promise<Scratch> {
  const aptDir = resolve(system.cacheDir ?? DEFAULT_CACHE, 'apt');
  await mkdir(aptDir, { recursive: true });
  const dir = await mkdtemp(join(tmpdir(), 'apt-ostree-'));
  return { dir, aptDir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}
