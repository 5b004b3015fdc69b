import { fromNative, isNativePayload } from '../errors/native.ts';

declare const tokenBrand: unique symbol;
export interface CancelToken {
  readonly [tokenBrand]: true;
}

/** Last argument of every async native function (`native/common/task.h`). */
export interface NativeCall {
  token: CancelToken;
  onProgress: ((done: number, total: number, text: string) => void) | undefined;
}

/** What every addon exports beside its own operations. */
export interface CancelBinding {
  createCancelToken(): CancelToken;
  cancel(token: CancelToken): void;
}

/** Options that every long call of the library takes last. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number, text: string) => void) | undefined;
}

/**
 * Runs one native operation. An abort rejects with the signal's own reason, after the native work has stopped.
 */
export async function callNative<T>(
  binding: CancelBinding,
  options: CallOptions | undefined,
  run: (call: NativeCall) => Promise<T>,
): Promise<T> {
  const at = new Error();
  const signal = options?.signal;
  signal?.throwIfAborted();
  const token = binding.createCancelToken();
  const abort = () => binding.cancel(token);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await run({ token, onProgress: options?.onProgress });
  } catch (cause) {
    if (!isNativePayload(cause)) throw cause;
    if (cause.code === 'ERR_CANCELLED' && signal?.aborted) throw signal.reason;
    throw fromNative(cause, at);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Runs a synchronous native operation; what it throws becomes the typed error. */
export function callNativeSync<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!isNativePayload(cause)) throw cause;
    throw fromNative(cause, new Error());
  }
}
