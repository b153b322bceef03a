import type { BuildEvent } from '@tsbuild/core';
import { formatTransfer } from './bytes.ts';
import { formatSeconds } from './duration.ts';
import { createLogFormat, type LogFormat } from './log-format.ts';
import { describeReason } from './reason.ts';
import { lineOf, type StepEvent } from './step-event.ts';

type Held = { readonly text: string } | { readonly bytes: Uint8Array; readonly milliseconds: number };
type EventOf<Type extends BuildEvent['type']> = Extract<BuildEvent, { readonly type: Type }>;

/** A transfer is told again when this share of it is new, or after this time. */
const MIN_PROGRESS = 0.05;
const MIN_MILLISECONDS = 5_000;

/** A step of plain progress: what it is called and what it has said but nobody has read yet. */
export class PlainStep {
  name = '';
  isFinished = false;
  heldBytes = 0;
  /** Time of the oldest thing held. */
  heldSince = 0;
  #number = 0;
  #startedAt: number | undefined;
  #held: Held[] = [];
  #format: LogFormat | undefined;
  readonly #transfers = new Map<string, { current: number; time: number; startedAt: number }>();

  /** Its place in the order of first appearance; 0 before that. */
  get number(): number {
    return this.#number;
  }

  /** False for a step that was given up before it began. */
  get isWorthTelling(): boolean {
    return this.#startedAt !== undefined || this.#held.length > 0;
  }

  appearAs(number: number): void {
    this.#number = number;
    this.#format = createLogFormat(number);
  }

  take(event: StepEvent): void {
    switch (event.type) {
      case 'step-defined':
        this.name = lineOf(event.name);
        break;
      case 'step-started':
        this.#startedAt = event.time;
        break;
      case 'step-log':
        this.#takeLog(event);
        break;
      case 'step-progress':
        this.#takeProgress(event);
        break;
      case 'step-finished':
        this.#takeEnd(event);
        break;
      default:
        event satisfies never;
    }
  }

  /** The lines of everything held, from the oldest. */
  *takeHeld(): Generator<string | Uint8Array> {
    const held = this.#held;
    this.#held = [];
    this.heldBytes = 0;
    for (const item of held) {
      if ('text' in item) yield `${this.#breakLine()}#${this.#number} ${item.text}\n`;
      else if (this.#format !== undefined) yield this.#format.format(item.bytes, item.milliseconds);
    }
  }

  /** What is written when another step takes the floor. */
  pause(): string {
    return `${this.#breakLine()}#${this.#number} ...\n`;
  }

  #takeLog({ bytes, time }: EventOf<'step-log'>): void {
    if (bytes.length === 0) return;
    const milliseconds = time - (this.#startedAt ?? time);
    this.#hold({ bytes: Uint8Array.from(bytes), milliseconds }, bytes.length, time);
  }

  #takeProgress({ item, current, total, isDone, time }: EventOf<'step-progress'>): void {
    const last = this.#transfers.get(item);
    const share = total === undefined || total === 0 ? 0 : (current - (last?.current ?? 0)) / total;
    if (last !== undefined && !isDone && share < MIN_PROGRESS && time - last.time < MIN_MILLISECONDS) return;
    const startedAt = last?.startedAt ?? time;
    this.#transfers.set(item, { current, time, startedAt });
    const amount = formatTransfer(current, total);
    const elapsed = time - startedAt > 10 ? formatSeconds(time - startedAt) : '';
    this.#holdText([lineOf(item), amount, elapsed, isDone ? 'done' : ''].filter((word) => word !== '').join(' '), time);
  }

  #takeEnd({ status, because, from, error, time }: EventOf<'step-finished'>): void {
    this.isFinished = true;
    if (status === 'ran' && because !== undefined) this.#holdText(`ran: ${describeReason(because)}`, time);
    if (status === 'cached') this.#holdText(from === undefined ? 'CACHED' : `CACHED from ${lineOf(from)}`, time);
    else if (status === 'failed') this.#holdText(`ERROR: ${lineOf(error ?? 'failed')}`, time);
    else if (status === 'ran') this.#holdText(`DONE ${formatSeconds(time - (this.#startedAt ?? time))}`, time);
    else if (this.isWorthTelling) this.#holdText('CANCELED', time);
  }

  #holdText(text: string, time: number): void {
    this.#hold({ text }, text.length, time);
  }

  #hold(item: Held, size: number, time: number): void {
    if (this.heldBytes === 0) this.heldSince = time;
    this.#held.push(item);
    this.heldBytes += size;
  }

  #breakLine(): string {
    return this.#format?.breakLine() ?? '';
  }
}
