import type { StepId } from '@tsbuild/core';
import { formatSeconds } from './duration.ts';
import { isStepEvent } from './step-event.ts';
import { renderLines, type TtyLine } from './tty-line.ts';
import { TtyStep } from './tty-step.ts';
import type { ProgressView, Write } from './view.ts';

export interface TtyOptions {
  /** Asked before every drawing, as terminals change their size. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly hasColor: boolean;
}

/** Of the output of one step. */
const MAX_LOG_LINES = 6;

/** Moves to the start of the line that is `count` lines up, and clears everything from there. */
function eraseLines(count: number): string {
  return count === 0 ? '' : `\x1b[${count}A\r\x1b[J`;
}

/**
 * A calm view for terminals: finished steps are lines that stay; below them, drawn anew a few times a second, stand the
 * running steps with their seconds and the end of their output.
 */
export function createTtyProgress(write: Write, { size, hasColor }: TtyOptions): ProgressView {
  const steps = new Map<StepId, TtyStep>();
  let finished: TtyLine[] = [];
  let drawn = 0;
  let total = 0;
  let done = 0;
  let startedAt: number | undefined;

  function liveLines(now: number, rows: number): readonly TtyLine[] {
    const running = [...steps.values()].filter(({ isRunning }) => isRunning);
    const head = { text: `[+] Building ${formatSeconds(now - (startedAt ?? now))} (${done}/${total})` };
    const room = Math.max(1, rows - 2);
    const logRoom = Math.max(0, Math.floor((room - running.length) / Math.max(1, running.length)));
    return [head, ...running.slice(0, room).flatMap((step) => step.lines(now, Math.min(logRoom, MAX_LOG_LINES)))];
  }

  function draw(live: readonly TtyLine[]): void {
    const { columns } = size();
    write(eraseLines(drawn) + renderLines([...finished, ...live], { columns, hasColor }));
    finished = [];
    drawn = live.length;
  }

  return {
    onEvent(event) {
      startedAt ??= event.time;
      if (!isStepEvent(event)) return;
      const step = steps.get(event.step) ?? new TtyStep();
      if (!steps.has(event.step)) total += 1;
      steps.set(event.step, step);
      step.take(event);
      if (event.type !== 'step-finished') return;
      done += 1;
      steps.delete(event.step);
      finished.push(...step.summary(event));
    },
    tick(now) {
      if (startedAt !== undefined) draw(liveLines(now, size().rows));
    },
    close() {
      draw([]);
    },
  };
}
