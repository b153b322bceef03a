import { eraseLines, layOut, renderLines, type TtyLine } from './tty-line.ts';
import type { Write } from './view.ts';

export interface TtyOptions {
  /** Asked before every drawing, as terminals change their size. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly hasColor: boolean;
}

/** Draws lines that stay, and below them a block in the place of the one before. */
export type DrawBlock = (finished: readonly TtyLine[], live: readonly TtyLine[]) => void;

/** While a drawing is under way the cursor is hidden and nothing wraps; whenever the process ends, both are as before. */
const BEGIN = '\x1b[?25l\x1b[?7l';
const END = '\x1b[?7h\x1b[?25h';

/** A block of lines at the end of what a terminal shows. What has not changed is not drawn again. */
export function createLiveBlock(write: Write, { size, hasColor }: TtyOptions): DrawBlock {
  let drawn: readonly string[] = [];
  return (finished, live) => {
    const { columns } = size();
    const lines = live.map((line) => layOut(line, columns));
    if (finished.length === 0 && lines.join('\n') === drawn.join('\n')) return;
    write(BEGIN + eraseLines(drawn, columns) + renderLines([...finished, ...live], { columns, hasColor }) + END);
    drawn = lines;
  };
}
