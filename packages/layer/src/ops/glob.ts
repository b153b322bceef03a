import { type GlobToken, parseGlob } from './glob-tokens.ts';

/** True when a pattern has a character that is not literal. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\[\s\S]?/g, ''));
}

/**
 * A test for whole texts. It takes pattern × text steps at most, whatever the pattern.
 * @see https://pkg.go.dev/path/filepath#Match
 * @throws {SolveError} ERR_TSBUILD_COPY when the pattern is malformed
 */
export function compileGlob(pattern: string, options: { readonly doubleStar: boolean }): (text: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (text) => text === pattern;
  const tokens = parseGlob(pattern, options);
  return (text) => matchTokens(tokens, text);
}

/** Keeps the set of places in the pattern that the text so far may have led to. */
function matchTokens(tokens: readonly GlobToken[], text: string): boolean {
  let places = new Uint8Array(tokens.length + 1);
  let next = new Uint8Array(tokens.length + 1);
  enter(tokens, places, 0);
  for (const char of text) {
    next.fill(0);
    for (const [at, token] of tokens.entries()) {
      if (places[at] === 0) continue;
      if (token.takes(char)) enter(tokens, next, at + 1);
      if (!token.holds(char)) continue;
      if (token.isSkippableAfterHolding) enter(tokens, next, at);
      else next[at] = 1;
    }
    [places, next] = [next, places];
  }
  return places[tokens.length] === 1;
}

/** Reaches a place, and those after it that tokens for nothing lead to. */
function enter(tokens: readonly GlobToken[], places: Uint8Array, place: number): void {
  for (let at = place; ; at += 1) {
    places[at] = 1;
    if (tokens[at]?.isSkippable !== true) return;
  }
}
