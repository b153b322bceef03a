import { posix } from 'node:path';
import { compilePathPattern, judgePath, type PathPattern, type PathVerdict, SolveError } from '@tsbuild/core';

/** A list of patterns of which the last one that matches decides, as for `--exclude`. */
export interface PathPatterns {
  /** True when a `!` pattern may take back what others matched. */
  readonly hasExceptions: boolean;
  /** `path` is relative and clean; `parent` is the result for its directory, absent at the top. */
  match(path: string, parent?: PathVerdict): PathVerdict;
  /** False when certainly nothing below the directory matches, unless the directory itself did. */
  mayMatchBelow(directory: string): boolean;
}

/** @throws {TsbuildError} ERR_TSBUILD_PATTERN or ERR_TSBUILD_COPY for a malformed pattern */
export function compilePatterns(texts: readonly string[]): PathPatterns {
  const patterns = texts.map((text) => text.trim()).flatMap((text) => (text === '' ? [] : [compilePattern(text)]));
  return {
    hasExceptions: patterns.some(({ isException }) => isException),
    match: (path, parent) => judgePath(patterns, path, parent),
    mayMatchBelow: (directory) => patterns.some((pattern) => pattern.canMatchBelow(directory)),
  };
}

function compilePattern(text: string): PathPattern {
  const cleaned = cleanPattern(text);
  const isException = cleaned.startsWith('!');
  const pattern = isException ? cleaned.slice(1) : cleaned;
  if (pattern === '') throw new SolveError('ERR_TSBUILD_COPY', `illegal exclusion pattern ${JSON.stringify(text)}`);
  return compilePathPattern(pattern, { isException });
}

function cleanPattern(text: string): string {
  const cleaned = posix.normalize(text);
  return cleaned.length > 1 && cleaned.endsWith('/') ? cleaned.slice(0, -1) : cleaned;
}
