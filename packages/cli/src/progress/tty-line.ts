import { paint, type Style } from './style.ts';
import { spread } from './width.ts';

/** A line of the terminal view: what it says, and at the right edge how long it took. */
export interface TtyLine {
  readonly text: string;
  readonly right?: string;
  readonly style?: Style;
}

export interface Screen {
  readonly columns: number;
  readonly hasColor: boolean;
}

/** The lines as text for a screen of that width. */
export function renderLines(lines: readonly TtyLine[], { columns, hasColor }: Screen): string {
  return lines
    .map(({ text, right = '', style = 'normal' }) => `${paint(spread(text, right, columns), style, hasColor)}\n`)
    .join('');
}
