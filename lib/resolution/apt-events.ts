import type { RawFetched } from '../native/apt.ts';

/** What the apt child process tells while a call runs. */
export type AptEvent =
  | { type: 'progress'; done: number; total: number; text: string }
  | { type: 'file'; file: RawFetched };
