import { stripVTControlCharacters } from 'node:util';
import type { BuildEvent } from '@tsbuild/core';
import { formatTransfer } from './bytes.ts';
import { formatSeconds } from './duration.ts';
import { describeReason } from './reason.ts';
import { lineOf, type StepEvent } from './step-event.ts';
import type { TtyLine } from './tty-line.ts';

type Finished = Extract<BuildEvent, { readonly type: 'step-finished' }>;

/** Output beyond this is of lines that are not shown any more. */
const TAIL_LENGTH = 4096;

/** A running step of the terminal view. */
export class TtyStep {
  #name = '';
  #startedAt: number | undefined;
  #tail = '';
  readonly #transfers = new Map<string, string>();

  get isRunning(): boolean {
    return this.#startedAt !== undefined;
  }

  take(event: StepEvent): void {
    if (event.type === 'step-defined') this.#name = lineOf(event.name);
    else if (event.type === 'step-started') this.#startedAt = event.time;
    else if (event.type === 'step-log') {
      this.#tail = (this.#tail + Buffer.from(event.bytes).toString('utf8')).slice(-TAIL_LENGTH);
    } else if (event.type === 'step-progress') {
      if (event.isDone) this.#transfers.delete(event.item);
      else this.#transfers.set(event.item, formatTransfer(event.current, event.total));
    }
  }

  /** The step while it runs, with at most `room` lines of transfers and output. */
  lines(now: number, room: number): readonly TtyLine[] {
    const transfers = [...this.#transfers].map(([item, amount]) => ({ text: ` => => ${item}`, right: amount }));
    const output = tailLines(this.#tail).map((line) => ({ text: ` => => # ${line}` }));
    const details = room === 0 ? [] : [...transfers, ...output].slice(-room);
    return [{ text: ` => ${this.#name}`, right: this.#elapsed(now) }, ...details];
  }

  /** What stays on the screen of a step that ended. */
  summary({ status, because, from, error, time }: Finished): readonly TtyLine[] {
    const right = this.#elapsed(time);
    if (status === 'cached') {
      return [{ text: ` => CACHED ${this.#name}${from === undefined ? '' : ` (from ${from})`}`, style: 'cyan' }];
    }
    if (status === 'cancelled') {
      return this.isRunning ? [{ text: ` => CANCELED ${this.#name}`, right, style: 'yellow' }] : [];
    }
    if (status === 'failed') {
      const reason = error === undefined ? [] : [{ text: ` => => ${lineOf(error)}`, style: 'red' as const }];
      return [{ text: ` => ERROR ${this.#name}`, right, style: 'red' }, ...reason];
    }
    const reason =
      because === undefined ? [] : [{ text: ` => => ran: ${describeReason(because)}`, style: 'dim' as const }];
    return [{ text: ` => ${this.#name}`, right }, ...reason];
  }

  #elapsed(now: number): string {
    return formatSeconds(now - (this.#startedAt ?? now));
  }
}

/** Lines as a person reads them: without control sequences, and of a line that was written over only the last state. */
function tailLines(tail: string): readonly string[] {
  return stripVTControlCharacters(tail)
    .split('\n')
    .map((line) => (line.trimEnd().split('\r').at(-1) ?? '').replace(/\t/g, '    ').replace(/\p{Cc}/gu, ''))
    .filter((line) => line.trim() !== '');
}
