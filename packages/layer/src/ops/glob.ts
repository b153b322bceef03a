import { SolveError } from '@tsbuild/core';

/** Parts of a pattern as Go's `filepath.Match` reads it, with `**` where the caller allows it. */
interface GlobOptions {
  /** `**` crosses directories, as in `.dockerignore`; else it is two `*`. */
  readonly doubleStar: boolean;
}

/** True when a pattern has a character that is not literal. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\[\s\S]?/g, ''));
}

/**
 * A whole-string regular expression that matches what the pattern does.
 * @see https://pkg.go.dev/path/filepath#Match
 * @throws {SolveError} ERR_TSBUILD_COPY when the pattern is malformed
 */
export function globToRegExp(pattern: string, { doubleStar }: GlobOptions): RegExp {
  const scanner = new GlobScanner(pattern);
  let source = '';
  while (!scanner.isDone) {
    const char = scanner.next();
    if (char === '*') source += doubleStar && scanner.take('*') ? doubleStarSource(scanner) : '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') source += classSource(scanner);
    else source += escapeChar(char === '\\' ? scanner.next() : char);
  }
  return new RegExp(`^${source}$`, 'su');
}

function doubleStarSource(scanner: GlobScanner): string {
  scanner.take('/');
  return scanner.isDone ? '.*' : '(?:.*/)?';
}

function classSource(scanner: GlobScanner): string {
  const negated = scanner.take('^');
  let ranges = '';
  do {
    const low = scanner.nextOfClass();
    const high = scanner.take('-') ? scanner.nextOfClass() : low;
    if (codePoint(low) <= codePoint(high)) ranges += `${escapeChar(low)}-${escapeChar(high)}`;
  } while (!scanner.take(']'));
  if (ranges === '') return negated ? '[^/]' : '(?!)';
  return negated ? `[^/${ranges}]` : `[${ranges}]`;
}

/** Every character as its number: there is nothing to quote then. */
function escapeChar(char: string): string {
  return `\\u{${codePoint(char).toString(16)}}`;
}

function codePoint(char: string): number {
  return char.codePointAt(0) ?? 0;
}

class GlobScanner {
  readonly #pattern: string;
  readonly #chars: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#chars = Array.from(pattern);
  }

  get isDone(): boolean {
    return this.#at === this.#chars.length;
  }

  /** The next character; the pattern is malformed when there is none. */
  next(): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw this.#malformed();
    this.#at += 1;
    return char;
  }

  /** A bound of a range: `-` and `]` need a backslash. */
  nextOfClass(): string {
    const char = this.next();
    if (char === '-' || char === ']') throw this.#malformed();
    return char === '\\' ? this.next() : char;
  }

  /** Takes the next character if it is this one. */
  take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #malformed(): SolveError {
    return new SolveError('ERR_TSBUILD_COPY', `syntax error in pattern ${JSON.stringify(this.#pattern)}`, {
      hint: 'write [[] for a literal [',
    });
  }
}
