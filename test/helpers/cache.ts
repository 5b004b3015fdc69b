import { spawn } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/**
 * A folder that is made once a key, by whichever process comes first, and kept in `home`: by default
 * below the temporary folder. `make` fills the folder that it is given; nobody may change it afterwards.
 */
export async function cached(
  key: string,
  make: (dir: string) => Promise<void>,
  home = join(tmpdir(), `apt-ostree-test-cache-${process.getuid?.() ?? 0}`),
): Promise<string> {
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
