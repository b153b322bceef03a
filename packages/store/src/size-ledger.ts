import { appendFileSync, writeFileSync } from 'node:fs';
import type { StoreFolder } from './store-folder.ts';
import { translating, unless } from './system-errors.ts';

const LINE = /^(=|\+)(\d{1,15})(?: (\d{1,15}))?$/;
const MAX_LEDGER_BYTES = 64 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * About how large the store is, without walking it: a file whose first line, `=<bytes> <time>`, is what the last survey found, and
 * to which every process appends what it wrote, `+<bytes>`.
 */
export class SizeLedger {
  readonly #folder: StoreFolder;
  #noted = 0;

  constructor(folder: StoreFolder) {
    this.#folder = folder;
  }

  /** The first line for a store that was empty a moment ago, unless another process has written since. */
  begin(): void {
    const line = `=0 ${Date.now()}\n`;
    translating('creating the store', () =>
      unless(['EEXIST'], () => writeFileSync(this.#path, line, { flag: 'wx', mode: 0o600 })),
    );
  }

  /** Adds what this process wrote since the last time. False when that was nothing. */
  note(): boolean {
    const news = this.#folder.bytesWritten - this.#noted;
    if (news === 0) return false;
    this.#noted += news;
    translating('writing to the store', () => appendFileSync(this.#path, `+${news}\n`, { mode: 0o600 }));
    return true;
  }

  /** Bytes in the store, or undefined when only a survey can say. */
  estimate(): number | undefined {
    const text = this.#folder.peekText(this.#path, MAX_LEDGER_BYTES) ?? '';
    let bytes: number | undefined;
    for (const line of text.split('\n')) {
      const [, sign, number, time] = LINE.exec(line) ?? [];
      if (sign === '=') bytes = Number(time) > Date.now() - DAY_MS ? Number(number) : undefined;
      else if (bytes !== undefined) bytes += Number(number ?? 0);
    }
    return bytes;
  }

  /** Starts anew from what a survey found. */
  reset(bytes: number): void {
    this.#folder.write(this.#path, `=${bytes} ${Date.now()}\n`);
    this.#noted = this.#folder.bytesWritten;
  }

  get #path(): string {
    return this.#folder.path('size');
  }
}
