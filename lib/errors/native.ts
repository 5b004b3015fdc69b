import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { AptOstreeError } from './error.ts';

/** What a native operation rejects with (`native/common/error.h`). */
export interface NativeErrorPayload {
  native: true;
  code: string;
  message: string;
  operation: string;
  domain: string;
  number: number;
  diagnostics: { severity: string; text: string }[];
  details: Record<string, string>;
}

export function isNativePayload(value: unknown): value is NativeErrorPayload {
  return typeof value === 'object' && value !== null && (value as { native?: unknown }).native === true;
}

/** Makes the typed error; `at` was captured where the call was made, so that the stack shows the caller. */
export function fromNative(payload: NativeErrorPayload, at: Error): AptOstreeError {
  const code = (payload.code in ERROR_CODES ? payload.code : 'ERR_INTERNAL') as ErrorCode;
  const message = payload.operation ? `${payload.operation}: ${payload.message}` : payload.message;
  const { domain, number, diagnostics } = payload;
  const error = new AptOstreeError(code, message, {
    details: { ...payload.details, domain, number, diagnostics },
  });
  if (at.stack) error.stack = `${error.name}: ${message}\n${at.stack.split('\n').slice(1).join('\n')}`;
  return error;
}
