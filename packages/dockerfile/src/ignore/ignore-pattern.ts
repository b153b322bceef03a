import { compilePathPattern, type PathPattern } from '@tsbuild/core';
import { cleanPath } from './clean-path.ts';

/** One line of a `.dockerignore` that means something. */
export interface IgnorePattern extends PathPattern {
  /** As it stands in the file, without the white space around it. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** @param pattern what follows the `!`, if there is one. @throws {TsbuildError} ERR_TSBUILD_PATTERN */
export function createIgnorePattern(text: string, line: number, pattern: string, isException: boolean): IgnorePattern {
  return { text, line, ...compilePathPattern(cleanPattern(pattern), { isException }) };
}

/** The path that a pattern is compared with: cleaned, without a leading slash. */
function cleanPattern(pattern: string): string {
  const cleaned = cleanPath(pattern);
  return cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
}
