const ANY = Symbol('?');
const STAR = Symbol('*');

/** A pattern of `${v#…}`: characters, `?` and `*`. Brackets have no meaning in it. */
type Token = string | typeof ANY | typeof STAR;

export type ShellPattern = readonly Token[];

/** Undefined when a backslash precedes a character that needs none. */
export function parseShellPattern(text: string): ShellPattern | undefined {
  const tokens: Token[] = [];
  const chars = [...text];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '\\') {
      const escaped = chars[++at] ?? '';
      if (escaped === '' || !'*?\\}/'.includes(escaped)) return undefined;
      tokens.push(escaped);
    } else if (char === '*') {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
    } else tokens.push(char === '?' ? ANY : char);
  }
  return tokens;
}

/** Without the part at the start that matches; as it was when nothing does. Costs pattern × text steps. */
export function removePrefix(text: string, pattern: ShellPattern, longest: boolean): string {
  const chars = [...text];
  return chars.slice(matchEnd(chars, pattern, longest) ?? 0).join('');
}

export function removeSuffix(text: string, pattern: ShellPattern, longest: boolean): string {
  const chars = [...text].reverse();
  const length = matchEnd(chars, [...pattern].reverse(), longest) ?? 0;
  return chars.slice(length).reverse().join('');
}

/** Replaces the first match, or all that do not overlap; stars match as much as they can. */
export function replaceMatches(text: string, pattern: ShellPattern, replacement: string, all: boolean): string {
  const chars = [...text];
  const parts: string[] = [];
  let copied = 0;
  let previousEnd = -1;
  for (const [start, end] of matches(chars, pattern)) {
    if (start === end && start === previousEnd) continue;
    parts.push(chars.slice(copied, start).join(''), replacement);
    copied = end;
    previousEnd = end;
    if (!all) break;
  }
  return parts.join('') + chars.slice(copied).join('');
}

function* matches(text: readonly string[], pattern: ShellPattern): Generator<[start: number, end: number]> {
  for (let from = 0; from <= text.length; ) {
    const match = findMatch(text, from, pattern);
    if (match === undefined) return;
    yield match;
    from = match[1] > match[0] ? match[1] : match[1] + 1;
  }
}

/** End of the shortest or longest match at the start. */
function matchEnd(text: readonly string[], pattern: ShellPattern, longest: boolean): number | undefined {
  let states: Uint8Array = new Uint8Array(pattern.length + 1);
  states[0] = 1;
  let found: number | undefined;
  for (let at = 0; ; at++) {
    enterAfterStars(states, pattern);
    if (states[pattern.length] === 1) {
      found = at;
      if (!longest) return found;
    }
    if (at >= text.length || !states.includes(1)) return found;
    states = step(states, pattern, text[at] ?? '');
  }
}

/** A star may match nothing. */
function enterAfterStars(states: Uint8Array, pattern: ShellPattern): void {
  for (let state = 0; state < pattern.length; state++) {
    if (states[state] === 1 && pattern[state] === STAR) states[state + 1] = 1;
  }
}

function step(states: Uint8Array, pattern: ShellPattern, char: string): Uint8Array {
  const next = new Uint8Array(states.length);
  for (let state = 0; state < pattern.length; state++) {
    if (states[state] !== 1) continue;
    const token = pattern[state];
    if (token === STAR) next[state] = char === '\n' ? 0 : 1;
    else if (token === ANY ? char !== '\n' : token === char) next[state + 1] = 1;
  }
  return next;
}

/** The leftmost match from `from` on, and the longest of those that start there, in one pass over the text. */
function findMatch(text: readonly string[], from: number, pattern: ShellPattern): [number, number] | undefined {
  let starts: Int32Array = new Int32Array(pattern.length + 1).fill(-1);
  let found: [number, number] | undefined;
  for (let at = from; ; at++) {
    if (found === undefined) enterAt(starts, 0, at);
    for (let state = 0; state < pattern.length; state++) {
      if (pattern[state] === STAR) enterAt(starts, state + 1, starts[state] ?? -1);
    }
    const accepted = starts[pattern.length] ?? -1;
    if (accepted !== -1 && (found === undefined || accepted <= found[0])) found = [accepted, at];
    if (at >= text.length) return found;
    starts = stepStarts(starts, pattern, text[at] ?? '', found?.[0]);
    if (found !== undefined && starts.every((start) => start === -1)) return found;
  }
}

/** Each state keeps the leftmost start of the attempts that are in it. */
function enterAt(starts: Int32Array, state: number, start: number): void {
  const known = starts[state] ?? -1;
  if (start !== -1 && (known === -1 || start < known)) starts[state] = start;
}

function stepStarts(starts: Int32Array, pattern: ShellPattern, char: string, onlyUpTo = Number.MAX_SAFE_INTEGER) {
  const next = new Int32Array(starts.length).fill(-1);
  for (let state = 0; state < pattern.length; state++) {
    const start = starts[state] ?? -1;
    if (start === -1 || start > onlyUpTo) continue;
    const token = pattern[state];
    if (token === STAR) {
      if (char !== '\n') enterAt(next, state, start);
    } else if (token === ANY ? char !== '\n' : token === char) enterAt(next, state + 1, start);
  }
  return next;
}
