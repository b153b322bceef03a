import { ANY, type CharClass, DIRECTORIES, type GlobToken, REST, STAR } from './glob-tokens.ts';

/** At a token, and free to leave a wildcard at once. */
const ENTERED = 1;
/** Inside of `**`, which can be left after the next slash only. */
const WITHIN = 2;

/**
 * True when the tokens match all of `text`. Every place in the pattern that the text so far leads to is kept, so that it
 * takes tokens × text steps whatever they are.
 */
export function matchTokens(tokens: readonly GlobToken[], text: string): boolean {
  let places = new Uint8Array(tokens.length + 1);
  let next = new Uint8Array(tokens.length + 1);
  places[0] = ENTERED;
  for (const char of text) {
    skipWildcards(tokens, places);
    next.fill(0);
    if (!advance(tokens, places, next, char)) return false;
    [places, next] = [next, places];
  }
  skipWildcards(tokens, places);
  return places[tokens.length] === ENTERED;
}

/** A wildcard may stand for nothing. */
function skipWildcards(tokens: readonly GlobToken[], places: Uint8Array): void {
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (places[at] === ENTERED && (token === STAR || token === REST || token === DIRECTORIES)) places[at + 1] = ENTERED;
  }
}

/** False when the character leads nowhere. */
function advance(tokens: readonly GlobToken[], places: Uint8Array, next: Uint8Array, char: string): boolean {
  let isAlive = false;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (places[at] === 0 || token === undefined) continue;
    if (token === STAR || token === REST) {
      if (token === STAR && char === '/') continue;
      next[at] = ENTERED;
    } else if (token === DIRECTORIES) {
      if (next[at] !== ENTERED) next[at] = WITHIN;
      if (char === '/') next[at + 1] = ENTERED;
    } else if (takes(token, char)) next[at + 1] = ENTERED;
    else continue;
    isAlive = true;
  }
  return isAlive;
}

function takes(token: string | typeof ANY | CharClass, char: string): boolean {
  if (typeof token === 'string') return token === char;
  if (token === ANY) return char !== '/';
  const code = char.codePointAt(0) ?? 0;
  return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.isNegated;
}
