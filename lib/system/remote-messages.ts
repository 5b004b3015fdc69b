import type { ErrorValue } from '../errors/error.ts';
import type { ProgressEvent } from '../monitor/monitor.ts';
import type { SystemOptions } from './requests.ts';
import type { SystemMethod } from './types.ts';

/** What the library sends to the process that runs the engine. `id` numbers the calls. */
export type ToEngine =
  | { type: 'open'; options: SystemOptions }
  | { type: 'call'; id: number; method: SystemMethod; options: unknown }
  | { type: 'abort'; id: number }
  | { type: 'close' };

/** What it answers. A call ends with exactly one `result` or `error`; after `refused` or a `close` the process ends. */
export type FromEngine =
  | { type: 'opened' }
  | { type: 'refused'; error: ErrorValue }
  | { type: 'progress'; id: number; event: ProgressEvent }
  | { type: 'warning'; id: number; text: string }
  | { type: 'result'; id: number; value: unknown }
  /** `aborted`: the call ended because it was told to. */
  | { type: 'error'; id: number; error: ErrorValue; aborted: boolean };
