import { TsbuildError } from '../errors.ts';

/** One code point out of a set. */
export interface CharClass {
  readonly isNegated: boolean;
  /** First and last code point of each range. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

/** `?`: any character but a slash. */
export const ANY = Symbol('?');
/** `*`: any characters but a slash. */
export const STAR = Symbol('*');
/** `**` at the end: anything. */
export const REST = Symbol('**');
/** `**` elsewhere: nothing, or anything that ends with a slash. */
export const DIRECTORIES = Symbol('**/');

/** A literal character is its own token. */
export type GlobToken = string | typeof ANY | typeof STAR | typeof REST | typeof DIRECTORIES | CharClass;

/** @throws {TsbuildError} ERR_TSBUILD_PATTERN */
export function parseGlob(pattern: string, { doubleStar }: { readonly doubleStar: boolean }): GlobToken[] {
  const scanner = new PatternScanner(pattern);
  const tokens: GlobToken[] = [];
  while (!scanner.isDone) {
    const char = scanner.next();
    if (char === '*') readStar(scanner, tokens, doubleStar);
    else if (char === '?') tokens.push(ANY);
    else if (char === '[') tokens.push(readClass(scanner));
    else tokens.push(char === '\\' ? scanner.next() : char);
  }
  return tokens;
}

function readStar(scanner: PatternScanner, tokens: GlobToken[], doubleStar: boolean): void {
  if (!doubleStar || !scanner.take('*')) {
    if (tokens.at(-1) !== STAR) tokens.push(STAR);
    return;
  }
  scanner.take('/');
  tokens.push(scanner.isDone ? REST : DIRECTORIES);
}

function readClass(scanner: PatternScanner): CharClass {
  const isNegated = scanner.take('^');
  const ranges: [low: number, high: number][] = [];
  do {
    const low = scanner.nextOfClass();
    ranges.push([low, scanner.take('-') ? scanner.nextOfClass() : low]);
  } while (!scanner.take(']'));
  return { isNegated, ranges };
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
    if (char === undefined) throw malformed(this.#pattern);
    this.#at += 1;
    return char;
  }

  /** A bound of a range: `-` and `]` need a backslash. */
  nextOfClass(): number {
    const char = this.next();
    if (char === '-' || char === ']') throw malformed(this.#pattern);
    return (char === '\\' ? this.next() : char).codePointAt(0) ?? 0;
  }

  /** Takes the next character if it is this one. */
  take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}

const SHOWN = 80;

function malformed(pattern: string): TsbuildError {
  const shown = pattern.length > SHOWN ? `${pattern.slice(0, SHOWN)}…` : pattern;
  return new TsbuildError('ERR_TSBUILD_PATTERN', `syntax error in pattern ${JSON.stringify(shown)}`, {
    hint: 'a [ needs its ], a \\ needs a character after it; write [[] for a literal [',
  });
}
