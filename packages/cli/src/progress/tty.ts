import type { StepId } from '@tsbuild/core';
import { formatSeconds } from './duration.ts';
import { createLiveBlock, type TtyOptions } from './live-block.ts';
import { isStepEvent } from './step-event.ts';
import type { TtyLine } from './tty-line.ts';
import { TtyStep } from './tty-step.ts';
import { treeLines } from './tty-tree.ts';
import type { ProgressView, Write } from './view.ts';

/**
 * A calm view for terminals: finished steps are lines that stay; below them, drawn anew a few times a second, stand the
 * running steps with their seconds and the end of their output.
 */
export function createTtyProgress(write: Write, options: TtyOptions): ProgressView {
  const { size } = options;
  const drawBlock = createLiveBlock(write, options);
  const steps = new Map<StepId, TtyStep>();
  let finished: TtyLine[] = [];
  let total = 0;
  let done = 0;
  let startedAt: number | undefined;
  let lastTime = 0;

  const running = () => [...steps.values()].filter(({ isRunning }) => isRunning);

  function liveLines(now: number): readonly TtyLine[] {
    const head = { text: `[+] Building ${formatSeconds(now - (startedAt ?? now))} (${done}/${total})` };
    return [head, ...treeLines(running(), now, size().rows - 2)];
  }

  function draw(live: readonly TtyLine[]): void {
    drawBlock(finished, live);
    finished = [];
  }

  return {
    onEvent(event) {
      startedAt ??= event.time;
      lastTime = event.time;
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
      lastTime = now;
      if (startedAt !== undefined) draw(liveLines(now));
    },
    stepAside() {
      draw([]);
    },
    close() {
      finished.push(...running().flatMap((step) => step.summary({ status: 'cancelled', time: lastTime })));
      draw([]);
    },
  };
}
