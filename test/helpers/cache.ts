import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostSources } from './host-sources.ts';

/** A lock on a file, held by a child process: the kernel frees it however this process ends. */
async function lock(path: string): Promise<AsyncDisposable> {
  const child = spawn('flock', [path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`flock ${path} failed`)));
    child.stdout.once('data', () => resolve());
  });
  return {
    [Symbol.asyncDispose]: () => {
      child.stdin.end();
      return closed;
    },
  };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Below the temporary folder; what came from other sources is elsewhere. */
async function defaultHome(): Promise<string> {
  const sources = createHash('sha256')
    .update(await hostSources())
    .digest('hex');
  return join(tmpdir(), `apt-ostree-test-cache-${process.getuid?.() ?? 0}`, sources.slice(0, 16));
}

/**
 * A folder that is made once a key, by whichever process comes first, and kept in `place`: by default
 * one of this machine's apt sources. `make` fills the folder that it is given; nobody may change it afterwards.
 */
export async function cached(
  key: string,
  make: (dir: string) => Promise<void>,
  place?: string,
): Promise<string> {
  const home = place ?? (await defaultHome());
  await mkdir(home, { recursive: true, mode: 0o755 });
  const target = join(home, key);
  if (await exists(target)) return target;
  await using _held = await lock(join(home, `${key}.lock`));
  if (await exists(target)) return target;
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o755 });
  await make(partial);
  await rename(partial, target);
  return target;
}
