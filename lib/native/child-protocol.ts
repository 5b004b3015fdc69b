import type { ErrorValue } from '../errors/error.ts';

/** What the parent sends to a child process. */
export type ToChild =
  | { type: 'call'; id: number; method: string; args: unknown }
  | { type: 'cancel'; id: number }
  /** To question number `question` of the call; `error` when the parent failed to answer. */
  | { type: 'answer'; id: number; question: number; value: unknown; error: ErrorValue | null };

/** What a child process sends back: any number of events and questions of a call, then its end. */
export type FromChild =
  | { type: 'event'; id: number; event: unknown }
  | { type: 'question'; id: number; question: number; value: unknown }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'error'; id: number; error: ErrorValue };
