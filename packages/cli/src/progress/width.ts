/** Characters that take two columns of a terminal: East Asian scripts and pictures. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** Flags are pairs of these, two columns together. */
const HALF_FLAG = /[\u{1F1E6}-\u{1F1FF}]/u;

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
  const room = columns - right.length - 1;
  if (room < 1) return cut(left, columns);
  const shown = cut(left, room);
  return `${shown}${' '.repeat(Math.max(0, room - widthOf(shown)) + 1)}${right}`;
}

/** How many rows a terminal of that width gives the line: what does not fit goes on in the next row. */
export function rowsOf(line: string, columns: number): number {
  let rows = 1;
  let width = 0;
  for (const char of line) {
    const own = columnsOf(char);
    width += own;
    if (width <= columns) continue;
    rows += 1;
    width = own;
  }
  return rows;
}

function widthOf(text: string): number {
  return [...text].reduce((sum, char) => sum + columnsOf(char), 0);
}

/** A terminal that joins characters to one picture takes fewer columns, never more. */
function columnsOf(char: string): number {
  if (NO_WIDTH.test(char)) return 0;
  return WIDE.test(char) && !HALF_FLAG.test(char) ? 2 : 1;
}
