import { type SourceText, withSource } from '@tsbuild/core';
import { syntaxError } from '../errors.ts';
import { trimSpace } from '../read/space.ts';
import { createIgnorePattern, type IgnorePattern } from './ignore-pattern.ts';
import { createIgnoreMatcher, type IgnoreMatcher } from './matcher.ts';

/**
 * Reads a `.dockerignore`: Go's `filepath.Match` and `**`, `!` takes back in, the last line that matches wins. Unlike in
 * a `.gitignore`, a pattern without a slash matches at the top only.
 * @throws {TsbuildError} ERR_TSBUILD_PATTERN or ERR_TSBUILD_DOCKERFILE_SYNTAX, with the line of a malformed pattern.
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function parseDockerignore(text: string, options: { readonly name?: string } = {}): IgnoreMatcher {
  const source: SourceText = { name: options.name ?? '.dockerignore', text };
  const lines = text.replace(/^\ufeff/, '').split('\n');
  return createIgnoreMatcher(lines.flatMap((line, index) => parseLine(line, index + 1, source)));
}

function parseLine(line: string, number: number, source: SourceText): IgnorePattern[] {
  if (line.startsWith('#')) return [];
  const pattern = trimSpace(line);
  if (pattern === '') return [];
  try {
    return [toPattern(pattern, number)];
  } catch (error) {
    const start = { line: number, column: 0 };
    throw withSource(error, { start, end: { line: number, column: line.length } }, source);
  }
}

function toPattern(text: string, line: number): IgnorePattern {
  const isException = text.startsWith('!');
  const pattern = isException ? trimSpace(text.slice(1)) : text;
  if (pattern === '') throw syntaxError('illegal exclusion pattern: "!"', 'a pattern must follow the !');
  return createIgnorePattern(text, line, pattern, isException);
}
