/** Characters that take two columns of a terminal: East Asian scripts and pictures. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\u200B-\u200F]/u;

/** As much of the text as fits, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  let width = 0;
  let fitting = '';
  for (const char of text) {
    width += NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
    if (width > columns) return `${fitting}…`;
    if (width < columns) fitting += char;
  }
  return text;
}
