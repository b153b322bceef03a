import { SolveError } from '@tsbuild/core';

/** A piece of a pattern. */
export interface GlobToken {
  /** The character may be the last one of this token. */
  readonly takes: (char: string) => boolean;
  /** The character may be one of this token that is not the last. */
  readonly holds: (char: string) => boolean;
  /** The token may stand for nothing. */
  readonly isSkippable: boolean;
  /** The token may end after a character that it held. */
  readonly isSkippableAfterHolding: boolean;
}

const never = (): boolean => false;
const always = (): boolean => true;
const isSlash = (char: string): boolean => char === '/';
const isNoSlash = (char: string): boolean => char !== '/';

/** `*` */
const STAR: GlobToken = { takes: never, holds: isNoSlash, isSkippable: true, isSkippableAfterHolding: true };
/** `**` at the end. */
const REST: GlobToken = { takes: never, holds: always, isSkippable: true, isSkippableAfterHolding: true };
/** `**` elsewhere: nothing, or anything up to a slash. */
const DIRECTORIES: GlobToken = { takes: isSlash, holds: always, isSkippable: true, isSkippableAfterHolding: false };

function one(takes: GlobToken['takes']): GlobToken {
  return { takes, holds: never, isSkippable: false, isSkippableAfterHolding: false };
}

/**
 * Reads a pattern of Go's `filepath.Match`; with `doubleStar`, `**` crosses directories as in `.dockerignore`.
 * @throws {SolveError} ERR_TSBUILD_COPY when it is malformed
 */
export function parseGlob(pattern: string, { doubleStar }: { readonly doubleStar: boolean }): GlobToken[] {
  const scanner = new PatternScanner(pattern);
  const tokens: GlobToken[] = [];
  while (!scanner.isDone) {
    const char = scanner.next();
    if (char === '*') tokens.push(doubleStar && scanner.take('*') ? doubleStarToken(scanner) : STAR);
    else if (char === '?') tokens.push(one(isNoSlash));
    else if (char === '[') tokens.push(classToken(scanner));
    else tokens.push(literal(char === '\\' ? scanner.next() : char));
  }
  return tokens;
}

function literal(expected: string): GlobToken {
  return one((char) => char === expected);
}

function doubleStarToken(scanner: PatternScanner): GlobToken {
  scanner.take('/');
  return scanner.isDone ? REST : DIRECTORIES;
}

function classToken(scanner: PatternScanner): GlobToken {
  const isNegated = scanner.take('^');
  const ranges: (readonly [low: number, high: number])[] = [];
  do {
    const low = scanner.nextOfClass();
    ranges.push([low, scanner.take('-') ? scanner.nextOfClass() : low]);
  } while (!scanner.take(']'));
  return one((char) => {
    const code = char.codePointAt(0) ?? 0;
    return char !== '/' && ranges.some(([low, high]) => low <= code && code <= high) !== isNegated;
  });
}

class PatternScanner {
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
  nextOfClass(): number {
    const char = this.next();
    if (char === '-' || char === ']') throw this.#malformed();
    return (char === '\\' ? this.next() : char).codePointAt(0) ?? 0;
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
