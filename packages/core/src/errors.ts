import type { ErrorCode } from './error-codes.ts';
import type { SourceRange, SourceText } from './source-range.ts';

const TSBUILD_ERROR = Symbol.for('tsbuild.error');

/** What an error says besides its code and message. */
export interface ErrorDetails {
  /** The likely mend, lower case, no final period. */
  readonly hint?: string | undefined;
  /** Where in `source` the mistake is. */
  readonly range?: SourceRange | undefined;
  readonly source?: SourceText | undefined;
  readonly cause?: unknown;
}

/**
 * Base of every error that a user may see. The message is lower case without a final period, quotes the input and
 * carries no credentials. Only the command formats it.
 */
export class TsbuildError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  range: SourceRange | undefined;
  source: SourceText | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(redactCredentials(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.range = details.range;
    this.source = details.source;
    Object.defineProperty(this, TSBUILD_ERROR, { value: true });
  }
}

/** Works across copies of this package and across realms. */
export function isTsbuildError(error: unknown): error is TsbuildError {
  return typeof error === 'object' && error !== null && TSBUILD_ERROR in error;
}

/** Adds the place to an error that has none yet, as it travels up. */
export function withSource(error: unknown, range: SourceRange | undefined, source: SourceText | undefined): unknown {
  if (isTsbuildError(error)) {
    error.range ??= range;
    error.source ??= source;
  }
  return error;
}

/** A function or the command was called in a way it does not support. */
export class UsageError extends TsbuildError {
  constructor(message: string, details?: ErrorDetails) {
    super('ERR_TSBUILD_USAGE', message, details);
  }
}

/** The Dockerfile is wrong; `range` says where. */
export class DockerfileError extends TsbuildError {}

/** A step could not be carried out. */
export class SolveError extends TsbuildError {}

/** What the error of a command says besides. */
export interface ExecErrorDetails extends ErrorDetails {
  /** Which limit ended the command, where it was not its own doing. */
  readonly reason?: string | undefined;
}

/** What the exit codes mean that shells and runtimes give of themselves. */
const EXIT_CODE_HINTS: Readonly<Record<number, string>> = {
  126: 'the command was found and could not be started: check that it is executable, and for this platform',
  127: 'a command was not found: check its spelling, and that the image has it, or a shell',
};

/** A RUN command ended with a status other than 0. */
export class ExecError extends SolveError {
  readonly args: readonly string[];
  /** Exit status, 128 + n when signal n ended the command. */
  readonly exitCode: number;
  /** The end of what the command printed, UTF-8, at most 8 KiB. */
  readonly lastOutput: string;
  /** Which limit ended it, where it was not its own doing. */
  readonly reason: string | undefined;

  constructor(args: readonly string[], exitCode: number, lastOutput: string, details?: ExecErrorDetails) {
    const ending = [`exit code: ${exitCode}`, ...(details?.reason === undefined ? [] : [details.reason])].join(': ');
    super('ERR_TSBUILD_EXEC', `process ${JSON.stringify(args.join(' '))} did not complete successfully: ${ending}`, {
      ...details,
      hint: details?.hint ?? EXIT_CODE_HINTS[exitCode],
    });
    this.reason = details?.reason;
    this.args = args;
    this.exitCode = exitCode;
    this.lastOutput = lastOutput;
  }
}

/** Stored or transferred bytes are missing or are not what they are called. */
export class ContentError extends TsbuildError {}

export class NotFoundError extends ContentError {
  constructor(message: string, details?: ErrorDetails) {
    super('ERR_TSBUILD_NOT_FOUND', message, details);
  }
}

export class DigestMismatchError extends ContentError {
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string, details?: ErrorDetails) {
    super('ERR_TSBUILD_DIGEST_MISMATCH', `content has digest ${actual}, expected ${expected}`, details);
    this.expected = expected;
    this.actual = actual;
  }
}

export class SizeMismatchError extends ContentError {
  constructor(expected: number, actual: number, details?: ErrorDetails) {
    super('ERR_TSBUILD_SIZE_MISMATCH', `content has ${actual} bytes, expected ${expected}`, details);
  }
}

/** A layer archive cannot be read. */
export class LayerError extends TsbuildError {}

/** An archive names a path outside of its root. */
export class UnsafePathError extends LayerError {
  readonly path: string;

  constructor(path: string, reason: string, details?: ErrorDetails) {
    super('ERR_TSBUILD_UNSAFE_PATH', `unsafe path ${JSON.stringify(path)}: ${reason}`, details);
    this.path = path;
  }
}

/** One error of a registry's answer, as the distribution spec defines it. */
export interface RegistryErrorEntry {
  readonly code: string;
  readonly message?: string;
  readonly detail?: unknown;
}

/** What an error of a registry says besides: the request, and what was answered. */
export interface RegistryErrorDetails extends ErrorDetails {
  readonly method?: string | undefined;
  /** Without credentials and query. */
  readonly url?: string | undefined;
  readonly status?: number | undefined;
  readonly errors?: readonly RegistryErrorEntry[] | undefined;
  /** True when the same request may succeed later. */
  readonly isTemporary?: boolean | undefined;
}

export class RegistryError extends TsbuildError {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly status: number | undefined;
  readonly errors: readonly RegistryErrorEntry[];
  readonly isTemporary: boolean;

  constructor(
    code: 'ERR_TSBUILD_REGISTRY' | 'ERR_TSBUILD_REGISTRY_UNREACHABLE' | 'ERR_TSBUILD_REGISTRY_DENIED',
    message: string,
    details: RegistryErrorDetails = {},
  ) {
    super(code, message, details);
    this.method = details.method;
    this.url = details.url === undefined ? undefined : redactCredentials(details.url);
    this.status = details.status;
    this.errors = details.errors ?? [];
    this.isTemporary = details.isTemporary ?? false;
  }
}

/** A system call's error code (`ENOENT`, …), or undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Turns the system errors that users meet into tsbuild's; everything else passes unchanged. */
export function fromSystemError(error: unknown, doing: string): unknown {
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TsbuildError('ERR_TSBUILD_DISK_FULL', `no space left on the device while ${doing}`, {
      cause: error,
      hint: 'free some space, or choose another store with --root or TSBUILD_ROOT',
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? `: ${error.path}` : '';
    return new TsbuildError('ERR_TSBUILD_PERMISSION', `permission denied while ${doing}${path}`, { cause: error });
  }
  return error;
}

/** Removes user names, passwords and query strings' secrets from URLs within a text. */
export function redactCredentials(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1***@');
}
