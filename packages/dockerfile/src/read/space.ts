const SPACE = /\p{White_Space}/u;

/** White space as Unicode has it; JavaScript's `\s` differs by U+0085 and U+FEFF. */
export function isSpace(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return SPACE.test(char);
}

export function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charAt(start))) start++;
  return text.slice(start);
}

export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end--;
  return trimStart(text.slice(0, end));
}

/** The blanks that separate arguments within a line. */
function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\v' || char === '\f';
}

/** The first word and what follows the blanks after it, if there are any. */
export function cutAtBlank(text: string): [first: string, rest: string | undefined] {
  let end = 0;
  while (end < text.length && !isBlank(text.charAt(end))) end++;
  if (end === text.length) return [text, undefined];
  let next = end;
  while (next < text.length && isBlank(text.charAt(next))) next++;
  return [text.slice(0, end), text.slice(next)];
}

const BLANKS = /[\t\v\f\r ]+/;

/** Words between blanks; quotes mean nothing here. `text` is trimmed. */
export function splitAtBlanks(text: string): string[] {
  return text === '' ? [] : text.split(BLANKS);
}
