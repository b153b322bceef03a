import type { BuildEvent } from '@tsbuild/core';
import { formatTransfer } from './bytes.ts';
import { formatSeconds } from './duration.ts';
import { createLogTail } from './log-tail.ts';
import { describeReason } from './reason.ts';
import { lineOf, type StepEvent } from './step-event.ts';
import type { TtyLine } from './tty-line.ts';

type Finished = Extract<BuildEvent, { readonly type: 'step-finished' }>;

/** `[build 2/5] RUN npm ci` */
const OF_STAGE = /^\[(?<stage>.+) (?<rest>\d+\/\d+\] .*)$/;

/** A step of the terminal view that has not ended. */
export class TtyStep {
  #name = '';
  #startedAt: number | undefined;
  readonly #tail = createLogTail();
  readonly #transfers = new Map<string, TtyLine>();

  get isRunning(): boolean {
    return this.#startedAt !== undefined;
  }

  /** Stage that the name tells, with the target or platform before it; a file of one stage names none. */
  get stage(): string | undefined {
    return OF_STAGE.exec(this.#name)?.groups?.stage;
  }

  take(event: StepEvent): void {
    if (event.type === 'step-defined') this.#name = lineOf(event.name);
    else if (event.type === 'step-started') this.#startedAt = event.time;
    else if (event.type === 'step-log') this.#tail.take(event.bytes, event.stream);
    else if (event.type === 'step-progress') {
      if (event.isDone) this.#transfers.delete(event.item);
      else this.#transfers.set(event.item, transferLine(event));
    }
  }

  /** The step while it runs. */
  line(now: number): TtyLine {
    return { text: ` => ${this.#name}`, right: this.#elapsed(now) };
  }

  /** The same below the name of its stage. */
  branch(now: number): TtyLine {
    const rest = OF_STAGE.exec(this.#name)?.groups?.rest;
    return { text: `  => ${rest === undefined ? this.#name : `[${rest}`}`, right: this.#elapsed(now) };
  }

  /** What is transferred and the end of the output, at most `room` lines. */
  details(room: number): readonly TtyLine[] {
    if (room <= 0) return [];
    const output = this.#tail.lines().map((line) => ({ text: ` => => # ${line}`, style: 'dim' as const }));
    return [...this.#transfers.values(), ...output].slice(-room);
  }

  /** What stays on the screen of a step that ended. */
  summary({ status, because, from, error, time }: Omit<Finished, 'type' | 'step' | 'v'>): readonly TtyLine[] {
    const right = this.#elapsed(time);
    if (status === 'cached') {
      return [
        { text: ` => CACHED ${this.#name}${from === undefined ? '' : ` (from ${lineOf(from)})`}`, style: 'cyan' },
      ];
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

function transferLine({ item, current, total }: Extract<BuildEvent, { readonly type: 'step-progress' }>): TtyLine {
  const text = ` => => ${lineOf(item)}`;
  const amount = formatTransfer(current, total);
  if (total === undefined || total === 0) return { text, right: amount };
  const percent = `${Math.min(100, Math.floor((current / total) * 100))}%`;
  return { text, right: `${amount} ${percent.padStart(4)}`, briefRight: percent };
}
