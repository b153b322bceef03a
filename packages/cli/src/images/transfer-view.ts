import { digestHex } from '@tsbuild/core';
import type { TransferProgress } from '@tsbuild/engine';
import type { OutputStream, Surroundings } from '../command.ts';
import { formatTransfer } from '../progress/bytes.ts';
import { createLiveBlock } from '../progress/live-block.ts';
import { canRedraw } from '../progress/mode.ts';
import { TICK_MILLISECONDS, ttyOptions } from '../progress/open-progress.ts';
import type { TtyLine } from '../progress/tty-line.ts';

/** Docker's words for what happens to a blob and what became of it. */
export interface TransferWords {
  readonly copying: string;
  readonly copied: string;
  readonly exists: string;
  readonly mounted: string;
}

export const PULL_WORDS: TransferWords = {
  copying: 'Downloading',
  copied: 'Pull complete',
  exists: 'Already exists',
  mounted: 'Mounted',
};
export const PUSH_WORDS: TransferWords = {
  copying: 'Pushing',
  copied: 'Pushed',
  exists: 'Layer already exists',
  mounted: 'Mounted',
};

/** Shows transfers until it is disposed. */
export interface TransferView extends Disposable {
  onProgress(progress: TransferProgress): void;
}

/** A line for each blob when it is done, once; on a terminal, below them, a bar for each that is under way. */
export function openTransferView({ stdout, env }: Surroundings, words: TransferWords): TransferView {
  const told = new Set<string>();
  const bars = openBars(stdout, env);
  return {
    onProgress({ reference, digest, status, current, total }) {
      const key = `${reference}@${digest}`;
      if (told.has(key)) return;
      const name = `${digestHex(digest).slice(0, 12)}: ${words[status]}`;
      if (status === 'copying') return bars.set(key, barLine(name, current, total));
      told.add(key);
      bars.finish(key, name);
    },
    [Symbol.dispose]: () => bars[Symbol.dispose](),
  };
}

/** Lines that change until they are finished. */
export interface Bars extends Disposable {
  set(key: string, line: TtyLine): void;
  /** Takes the bar away; `line` stays in its place. */
  finish(key: string, line?: string): void;
}

/** Without a terminal only what is finished is written. */
export function openBars(stream: OutputStream, env: Surroundings['env']): Bars {
  if (stream.isTTY !== true || !canRedraw(env)) {
    return {
      set: () => undefined,
      finish: (_, line) => void (line === undefined || stream.write(`${line}\n`)),
      [Symbol.dispose]: () => undefined,
    };
  }
  const options = ttyOptions(stream, env);
  const drawBlock = createLiveBlock((data) => void stream.write(data), options);
  const live = new Map<string, TtyLine>();
  let finished: TtyLine[] = [];
  const draw = (lines: readonly TtyLine[]): void => {
    drawBlock(finished, lines);
    finished = [];
  };
  const timer = setInterval(() => draw([...live.values()].slice(0, options.size().rows - 1)), TICK_MILLISECONDS);
  timer.unref();
  return {
    set: (key, line) => void live.set(key, line),
    finish(key, line) {
      live.delete(key);
      if (line !== undefined) finished.push({ text: line });
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      draw([]);
    },
  };
}

const BAR_COLUMNS = 20;

/** `name [=====>     ]` and at the right how much is done. */
export function barLine(name: string, current: number, total: number | undefined): TtyLine {
  const amount = formatTransfer(current, total);
  if (total === undefined || total === 0) return { text: name, right: amount };
  const part = Math.min(1, current / total);
  const full = Math.floor(part * BAR_COLUMNS);
  const bar = full === BAR_COLUMNS ? '='.repeat(full) : `${'='.repeat(full)}>`.padEnd(BAR_COLUMNS);
  const percent = `${Math.floor(part * 100)}%`;
  return { text: `${name} [${bar}]`, right: `${amount} ${percent.padStart(4)}`, briefRight: percent };
}
