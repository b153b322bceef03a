import { isSpace } from '../read/space.ts';

/** Collects a value and, if asked to, the words that it falls into. Empty words vanish. */
export class Words {
  readonly #isSplit: boolean;
  readonly #words: string[] = [];
  readonly #parts: string[] = [];
  #word = '';

  constructor(isSplit: boolean) {
    this.#isSplit = isSplit;
  }

  /** Text in which white space separates words. */
  addSplit(text: string): void {
    this.#parts.push(text);
    if (!this.#isSplit) return;
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      if (!isSpace(text.charAt(at))) continue;
      this.#word += text.slice(start, at);
      this.#endWord();
      start = at + 1;
    }
    this.#word += text.slice(start);
  }

  /** Text that belongs to the current word whatever is in it. */
  addWhole(text: string): void {
    this.#parts.push(text);
    if (this.#isSplit) this.#word += text;
  }

  finish(): { value: string; words: string[] } {
    this.#endWord();
    return { value: this.#parts.join(''), words: this.#words };
  }

  #endWord(): void {
    if (this.#word !== '') this.#words.push(this.#word);
    this.#word = '';
  }
}
