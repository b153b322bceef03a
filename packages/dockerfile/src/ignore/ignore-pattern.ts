import { cleanPath } from './clean-path.ts';
import { matchTokens } from './glob-match.ts';
import { DIRECTORIES, type GlobToken, parseGlob, REST } from './glob-tokens.ts';

/** One line of a `.dockerignore` that means something. */
export interface IgnorePattern {
  /** As it stands in the file, without the white space around it. */
  readonly text: string;
  /** From 1; 0 for patterns that come from nowhere else than a flag. */
  readonly line: number;
  /** True for `!pattern`, which takes paths back in. */
  readonly isException: boolean;
  /** True when the pattern matches all of `path`. */
  matches(path: string): boolean;
  /** False when no path below `directory` can match. */
  canMatchBelow(directory: string): boolean;
}

/** @param pattern without `!`, cleaned. @throws {DockerfileError} when it is malformed. */
export function createIgnorePattern(text: string, line: number, pattern: string, isException: boolean): IgnorePattern {
  const tokens = parseGlob(pattern, { doubleStar: true });
  return {
    text,
    line,
    isException,
    matches: toMatcher(pattern, tokens),
    canMatchBelow: (directory) => canMatchBelow(pattern, directory),
  };
}

/** As `moby/patternmatcher`: a pattern whose only wildcard is `**` at one end compares text, not path components. */
function toMatcher(pattern: string, tokens: readonly GlobToken[]): (path: string) => boolean {
  const isText = (part: readonly GlobToken[]) =>
    !pattern.includes('\\') && part.every((token) => typeof token === 'string');
  if (isText(tokens)) return (path) => path === pattern;
  if (tokens.at(-1) === REST && isText(tokens.slice(0, -1))) return startsWith(tokens.slice(0, -1).join(''));
  if (tokens[0] === DIRECTORIES && isText(tokens.slice(1))) return endsWith(pattern.slice(2));
  return withEnds(tokens);
}

function startsWith(prefix: string): (path: string) => boolean {
  return (path) => path.startsWith(prefix);
}

function endsWith(suffix: string): (path: string) => boolean {
  return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
}

/** Most paths are told apart by the text at the ends of the pattern. */
function withEnds(tokens: readonly GlobToken[]): (path: string) => boolean {
  const isWildcard = (token: GlobToken) => typeof token !== 'string';
  const first = tokens.findIndex(isWildcard);
  const prefix = tokens.slice(0, first).join('');
  const suffix = tokens.slice(tokens.findLastIndex(isWildcard) + 1).join('');
  return (path) => path.startsWith(prefix) && path.endsWith(suffix) && matchTokens(tokens, path);
}

/** Compares component by component, and says true where that is not exact. */
function canMatchBelow(pattern: string, directory: string): boolean {
  if (pattern.includes('[') || pattern.includes('\\')) return true;
  const components = pattern.split('/');
  for (const name of directory.split('/')) {
    const component = components.shift();
    if (component === undefined) return false;
    if (component.includes('**')) return true;
    if (!matchTokens(parseGlob(component, { doubleStar: false }), name)) return false;
  }
  return components.length > 0;
}

/** The path that a pattern is compared with: cleaned, without a leading slash. */
export function cleanPattern(pattern: string): string {
  const cleaned = cleanPath(pattern);
  return cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
}
