/** Characters that take two columns of a terminal: East Asian scripts and pictures. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\u200B-\u200F]/u;

/** As much of the text as fits, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  let width = 0;
  let fitting = '';
  for (const char of text) {
    width += columnsOf(char);
    if (width > columns) return `${fitting}…`;
    if (width < columns) fitting += char;
  }
  return text;
}

/** One line with `left` at its start, cut if need be, and `right` at its end. */
export function spread(left: string, right: string, columns: number): string {
  if (right === '') return cut(left, columns);
  const room = Math.max(1, columns - right.length - 1);
  const shown = cut(left, room);
  const width = [...shown].reduce((sum, char) => sum + columnsOf(char), 0);
  return `${shown}${' '.repeat(Math.max(0, room - width) + 1)}${right}`;
}

function columnsOf(char: string): number {
  if (NO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
