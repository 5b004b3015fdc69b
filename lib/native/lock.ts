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
