import { type GlobToken, parseGlob } from './glob-tokens.ts';
import { matchTokens } from './match-tokens.ts';

/** Which of the two dialects of patterns is meant. */
export interface GlobOptions {
  /** `**` crosses directories, as in a `.dockerignore`; else it is the same as `*`. */
  readonly doubleStar: boolean;
}

/**
 * A test for whole texts by a pattern of Go's `filepath.Match`: `*` and `?` stop at slashes, a leading dot is nothing
 * special. It takes pattern × text steps at most, whatever the pattern.
 * @see https://pkg.go.dev/path/filepath#Match
 * @throws {TsbuildError} ERR_TSBUILD_PATTERN when the pattern is malformed
 */
export function compileGlob(pattern: string, options: GlobOptions): (text: string) => boolean {
  const tokens = parseGlob(pattern, options);
  const isWildcard = (token: GlobToken) => typeof token !== 'string';
  const first = tokens.findIndex(isWildcard);
  if (first === -1) {
    const literal = tokens.join('');
    return (text) => text === literal;
  }
  // Most texts are told apart by what stands before the first wildcard and after the last.
  const prefix = tokens.slice(0, first).join('');
  const suffix = tokens.slice(tokens.findLastIndex(isWildcard) + 1).join('');
  return (text) => text.startsWith(prefix) && text.endsWith(suffix) && matchTokens(tokens, text);
}

/** True when a pattern of {@link compileGlob} has a character that is not literal. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\[\s\S]?/g, ''));
}
