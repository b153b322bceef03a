import { fromSystemError, isTsbuildError, TsbuildError } from '@tsbuild/core';
import type { WireError } from './protocol.ts';

/** What of an error crosses to another process. */
export function toWireError(error: unknown): WireError {
  const known = fromSystemError(error, 'running a command');
  if (isTsbuildError(known)) return { code: known.code, message: known.message, hint: known.hint };
  return { code: 'ERR_TSBUILD_SANDBOX', message: error instanceof Error ? error.message : String(error) };
}

export function fromWireError({ code, message, hint }: WireError): TsbuildError {
  return new TsbuildError(code, message, { hint });
}
