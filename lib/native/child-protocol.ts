import type { ErrorValue } from '../errors/error.ts';

/** What the parent sends to a child process. */
export type ToChild =
  | { type: 'call'; id: number; method: string; args: unknown }
  | { type: 'cancel'; id: number };

/** What a child process sends back: any number of events of a call, then its end. */
export type FromChild =
  | { type: 'event'; id: number; event: unknown }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'error'; id: number; error: ErrorValue };
