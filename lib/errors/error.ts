import type { ErrorCode } from './codes.ts';

const BRAND = Symbol.for('apt-ostree.error');

/** Extra parts of an error: what to do about it, and plain values for programs. */
export interface ErrorExtras {
  hint?: string | undefined;
  details?: unknown;
  cause?: unknown;
}

/** Every error that a caller can act on: a stable code, a message for people, a hint. */
export class AptOstreeError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'AptOstreeError';
    this.code = code;
    this.hint = extras.hint;
    this.details = extras.details;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for errors of any copy of this package, where `instanceof` fails. */
  static is(value: unknown): value is AptOstreeError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** The error as a plain value that survives a message channel and `JSON.stringify`. */
export interface ErrorValue {
  code: ErrorCode;
  message: string;
  hint: string | null;
  details: unknown;
}

/**
 * What went wrong first. When closing something fails because the work in it had failed, `await using` throws both
 * in one; the first is the one to tell.
 */
export function firstError(error: unknown): unknown {
  let at = error;
  while (at instanceof Error && at.name === 'SuppressedError' && 'suppressed' in at) at = at.suppressed;
  return at;
}

export function toErrorValue(thrown: unknown): ErrorValue {
  const error = firstError(thrown);
  if (AptOstreeError.is(error))
    return {
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
      details: error.details ?? null,
    };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'ERR_INTERNAL',
    message,
    hint: null,
    details: error instanceof Error ? (error.stack ?? null) : null,
  };
}

export function fromErrorValue(value: ErrorValue): AptOstreeError {
  return new AptOstreeError(value.code, value.message, {
    hint: value.hint ?? undefined,
    details: value.details ?? undefined,
  });
}
