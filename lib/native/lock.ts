import { setTimeout as sleep } from 'node:timers/promises';
import { callNativeSync } from './call.ts';
import { ostreeBinding } from './ostree.ts';
import type { LockHandle } from './types.ts';

/** A held lock. It ends with `release`, or with the process, however that ends. */
export class FileLock implements Disposable {
  readonly #handle: LockHandle;

  constructor(handle: LockHandle) {
    this.#handle = handle;
  }

  /** May be called twice. */
  release(): void {
    ostreeBinding().unlock(this.#handle);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Takes the exclusive lock on a file, which is made where it is missing; null when it is held already. */
export function tryLock(file: string): FileLock | null {
  const handle = callNativeSync(() => ostreeBinding().tryLock(file));
  return handle && new FileLock(handle);
}

export interface LockOptions {
  /** Seconds to wait for a lock that is held; 0 (the default) does not wait, Infinity waits for ever. */
  wait?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called once when the lock is held by another. */
  onWait?: (() => void) | undefined;
}

/** Takes the exclusive lock on a file; null when it is held longer than `wait`. */
export async function waitForLock(file: string, options: LockOptions = {}): Promise<FileLock | null> {
  const until = Date.now() + (options.wait ?? 0) * 1000;
  for (let told = false; ; told = true) {
    const lock = tryLock(file);
    if (lock !== null || Date.now() >= until) return lock;
    if (!told) options.onWait?.();
    await sleep(100, undefined, options.signal ? { signal: options.signal } : {});
  }
}
