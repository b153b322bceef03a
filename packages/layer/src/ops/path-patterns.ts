import { posix } from 'node:path';
import { SolveError } from '@tsbuild/core';
import { compileGlob } from './glob.ts';

/** How a path fared; children are matched with their directory's result. */
export interface PatternMatch {
  readonly isMatch: boolean;
  /** By pattern: whether it matched here or further up. */
  readonly byPattern: readonly boolean[];
}

/** A list of patterns of which the last one that matches decides, as for `--exclude`. */
export interface PathPatterns {
  /** True when a `!` pattern may take back what others matched. */
  readonly hasExceptions: boolean;
  /** `path` is relative and clean; `parent` is the result for its directory, absent at the top. */
  match(path: string, parent?: PatternMatch): PatternMatch;
  /** False when certainly nothing below the directory matches, unless the directory itself did. */
  mayMatchBelow(directory: string): boolean;
}

interface Pattern {
  readonly isException: boolean;
  readonly matches: (path: string) => boolean;
  /** The part before the first component with a special character. */
  readonly literalPrefix: string;
}

/** @see https://pkg.go.dev/github.com/moby/patternmatcher @throws {SolveError} ERR_TSBUILD_COPY for a malformed pattern */
export function compilePatterns(texts: readonly string[]): PathPatterns {
  const patterns = texts.map((text) => text.trim()).flatMap((text) => (text === '' ? [] : [compilePattern(text)]));
  return {
    hasExceptions: patterns.some(({ isException }) => isException),
    match: (path, parent) => matchAll(patterns, path, parent),
    mayMatchBelow: (directory) => patterns.some(({ literalPrefix }) => isOnTheWay(directory, literalPrefix)),
  };
}

function compilePattern(text: string): Pattern {
  const cleaned = cleanPattern(text);
  const isException = cleaned.startsWith('!');
  const pattern = isException ? cleaned.slice(1) : cleaned;
  if (pattern === '') throw new SolveError('ERR_TSBUILD_COPY', `illegal exclusion pattern ${JSON.stringify(text)}`);
  const components = pattern.split('/');
  const firstSpecial = components.findIndex((component) => /[*?[\\]/.test(component));
  return {
    isException,
    matches: compileGlob(pattern, { doubleStar: true }),
    literalPrefix: components.slice(0, firstSpecial === -1 ? undefined : firstSpecial).join('/'),
  };
}

function cleanPattern(text: string): string {
  const cleaned = posix.normalize(text);
  return cleaned.length > 1 && cleaned.endsWith('/') ? cleaned.slice(0, -1) : cleaned;
}

function matchAll(patterns: readonly Pattern[], path: string, parent: PatternMatch | undefined): PatternMatch {
  let isMatch = false;
  const byPattern = patterns.map((pattern, index) => {
    const inherited = parent?.byPattern[index] ?? false;
    if (!inherited && pattern.isException !== isMatch) return false;
    const matches = inherited || pattern.matches(path);
    if (matches) isMatch = !pattern.isException;
    return matches;
  });
  return { isMatch, byPattern };
}

function isOnTheWay(directory: string, literalPrefix: string): boolean {
  return (
    literalPrefix === '' ||
    `${literalPrefix}/`.startsWith(`${directory}/`) ||
    `${directory}/`.startsWith(`${literalPrefix}/`)
  );
}
