import { ANY, DIRECTORIES, type GlobToken, parseGlob, REST, STAR } from './glob-tokens.ts';

/** In a state, and free to leave a wildcard at once. */
const ENTERED = 1;
/** Inside of `**`, which can be left after the next slash only. */
const WITHIN = 2;

/**
 * True when all of `name` matches a pattern of Go's `filepath.Match`, as the sources of COPY and ADD do: `*` and `?`
 * stop at slashes, a leading dot is nothing special, `**` is the same as `*`.
 * @throws {DockerfileError} when the pattern is malformed.
 */
export function matchGlob(pattern: string, name: string): boolean {
  return matchTokens(parseGlob(pattern, { doubleStar: false }), name);
}

/** True when the tokens match all of `text`, in tokens × text steps whatever they are. */
export function matchTokens(tokens: readonly GlobToken[], text: string): boolean {
  let states = new Uint8Array(tokens.length + 1);
  let next = new Uint8Array(tokens.length + 1);
  states[0] = ENTERED;
  for (const char of text) {
    skipWildcards(tokens, states);
    next.fill(0);
    if (!advance(tokens, states, next, char)) return false;
    [states, next] = [next, states];
  }
  skipWildcards(tokens, states);
  return states[tokens.length] === ENTERED;
}

/** A wildcard may stand for nothing. */
function skipWildcards(tokens: readonly GlobToken[], states: Uint8Array): void {
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (states[at] === ENTERED && (token === STAR || token === REST || token === DIRECTORIES)) states[at + 1] = ENTERED;
  }
}

function advance(tokens: readonly GlobToken[], states: Uint8Array, next: Uint8Array, char: string): boolean {
  let isAlive = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (states[at] === 0 || token === undefined) continue;
    if (token === STAR || token === REST) {
      if (token === STAR && char === '/') continue;
      next[at] = ENTERED;
    } else if (token === DIRECTORIES) {
      if (next[at] !== ENTERED) next[at] = WITHIN;
      if (char === '/') next[at + 1] = ENTERED;
    } else if (matchesOne(token, char)) next[at + 1] = ENTERED;
    else continue;
    isAlive = true;
  }
  return isAlive;
}

function matchesOne(token: Exclude<GlobToken, symbol> | typeof ANY, char: string): boolean {
  if (typeof token === 'string') return token === char;
  if (token === ANY) return char !== '/';
  const code = char.codePointAt(0) ?? 0;
  return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.negated;
}
