import { quote, syntaxError } from '../errors.ts';

/** One code point out of a set. */
export interface CharClass {
  readonly negated: boolean;
  /** First and last code point of each range. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** `?`: any character but a slash. */
export const ANY = Symbol('?');
/** `*`: any characters but a slash. */
export const STAR = Symbol('*');
/** `**` at the end: anything. */
export const REST = Symbol('**');
/** `**` elsewhere: nothing, or anything that ends with a slash. */
export const DIRECTORIES = Symbol('**/');

export type GlobToken = string | typeof ANY | typeof STAR | typeof REST | typeof DIRECTORIES | CharClass;

/**
 * Reads a pattern of Go's `filepath.Match`; with `doubleStar` also the `**` of `.dockerignore`.
 * @throws {DockerfileError} when a `[` is not closed, a range has no end or a backslash has nothing to escape.
 */
export function parseGlob(pattern: string, options: { readonly doubleStar: boolean }): GlobToken[] {
  const chars = [...pattern];
  const tokens: GlobToken[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') at = readStar(chars, at, tokens, options.doubleStar);
    else if (char === '?') tokens.push(ANY);
    else if (char === '[') at = readClass(pattern, chars, at + 1, tokens);
    else if (char !== '\\') tokens.push(char);
    else tokens.push(chars[++at] ?? fail(pattern));
  }
  return tokens;
}

function fail(pattern: string): never {
  throw syntaxError(`syntax error in pattern ${quote(pattern)}`, 'a [ needs its ], a \\ needs a character after it');
}

/** Returns where the last star was. */
function readStar(chars: readonly string[], at: number, tokens: GlobToken[], doubleStar: boolean): number {
  if (!doubleStar || chars[at + 1] !== '*') {
    if (tokens.at(-1) !== STAR) tokens.push(STAR);
    return at;
  }
  const end = chars[at + 2] === '/' ? at + 2 : at + 1;
  tokens.push(end + 1 === chars.length ? REST : DIRECTORIES);
  return end;
}

/** Returns where the closing bracket is. */
function readClass(pattern: string, chars: readonly string[], start: number, tokens: GlobToken[]): number {
  const negated = chars[start] === '^';
  const ranges: [number, number][] = [];
  let at = negated ? start + 1 : start;
  for (; chars[at] !== ']' || ranges.length === 0; ) {
    const low = readClassChar(pattern, chars, at);
    const high = chars[low.end] === '-' ? readClassChar(pattern, chars, low.end + 1) : low;
    ranges.push([low.code, high.code]);
    at = high.end;
  }
  tokens.push({ negated, ranges });
  return at;
}

function readClassChar(pattern: string, chars: readonly string[], start: number): { code: number; end: number } {
  const at = chars[start] === '\\' ? start + 1 : start;
  const char = chars[at];
  const isBare = at === start && (char === '-' || char === ']');
  if (char === undefined || isBare || at + 1 >= chars.length) return fail(pattern);
  return { code: char.codePointAt(0) ?? 0, end: at + 1 };
}
