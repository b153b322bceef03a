/** Hands out the lines of a text one by one. */
export class LineReader {
  readonly #text: string;
  #at = 0;
  /** Number of the line handed out last, from 1; 0 before the first. */
  line = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next line with its line end, or undefined at the end of the text. */
  next(): string | undefined {
    if (this.#at >= this.#text.length) return undefined;
    const newline = this.#text.indexOf('\n', this.#at);
    const end = newline === -1 ? this.#text.length : newline + 1;
    const line = this.#text.slice(this.#at, end);
    this.#at = end;
    this.line++;
    return line;
  }
}

/** The line without the `\n`, `\r\n` or stray `\r`s at its end. */
export function withoutLineEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === '\n' || line[end - 1] === '\r')) end--;
  return line.slice(0, end);
}
