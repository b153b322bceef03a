import { paint, type Style } from './style.ts';
import { rowsOf, spread } from './width.ts';

/** A line of the terminal view: what it says, and at the right edge how long it took or how much is done. */
export interface TtyLine {
  readonly text: string;
  readonly right?: string;
  /** Stands for `right` where there is little room. */
  readonly briefRight?: string;
  readonly style?: Style;
}

export interface Screen {
  readonly columns: number;
  readonly hasColor: boolean;
}

/** Screens below this width are narrow. */
const USUAL_COLUMNS = 60;

/** The line as it stands on a screen of that width, without colour. */
export function layOut({ text, right = '', briefRight = right }: TtyLine, columns: number): string {
  return spread(text, columns < USUAL_COLUMNS ? briefRight : right, columns);
}

/** The lines as text for a screen of that width. */
export function renderLines(lines: readonly TtyLine[], { columns, hasColor }: Screen): string {
  return lines.map((line) => `${paint(layOut(line, columns), line.style ?? 'normal', hasColor)}\n`).join('');
}

/**
 * Moves to the start of the first of `drawn`, which stand above the cursor, and clears everything from there. A terminal
 * that became narrower since has broken them into more rows.
 */
export function eraseLines(drawn: readonly string[], columns: number): string {
  const rows = drawn.reduce((sum, line) => sum + rowsOf(line, columns), 0);
  return rows === 0 ? '' : `\x1b[${rows}A\r\x1b[J`;
}
