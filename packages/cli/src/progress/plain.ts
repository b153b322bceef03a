import type { StepId } from '@tsbuild/core';
import { PlainStep } from './plain-step.ts';
import { isStepEvent, type StepEvent } from './step-event.ts';
import type { ProgressView, Write } from './view.ts';

/** What a step says while another has the floor waits at most this long, or until there is this much of it. */
const MAX_HELD_MILLISECONDS = 5_000;
const MAX_HELD_BYTES = 1024 * 1024;

/**
 * Lines without an end, as BuildKit prints them: one step has the floor and keeps it while it has something to say;
 * what others say meanwhile is held back for a while. A finished step is told at once.
 */
export function createPlainProgress(write: Write): ProgressView {
  const steps = new Map<StepId, PlainStep>();
  let current: PlainStep | undefined;
  let appeared = 0;

  function giveFloorTo(step: PlainStep): void {
    if (current !== undefined) write(current.pause());
    if (appeared > 0) write('\n');
    if (step.number === 0) {
      appeared += 1;
      step.appearAs(appeared);
    }
    write(`#${step.number} ${step.name}\n`);
    current = step;
  }

  function show(step: PlainStep): void {
    if (step !== current) giveFloorTo(step);
    for (const chunk of step.takeHeld()) write(chunk);
    if (step.isFinished) current = undefined;
  }

  /** Shows what waited too long; when nobody has the floor, the step with most to say gets it. */
  function showWaiting(now: number): void {
    const waiting = [...steps.values()].filter((step) => step !== current && step.heldBytes > 0);
    const overdue = waiting.find(
      ({ heldBytes, heldSince }) => heldBytes > MAX_HELD_BYTES || now - heldSince >= MAX_HELD_MILLISECONDS,
    );
    const next = overdue ?? (current === undefined ? waiting.sort((a, b) => b.heldBytes - a.heldBytes)[0] : undefined);
    if (next !== undefined) show(next);
  }

  function onStepEvent(event: StepEvent): void {
    const step = steps.get(event.step) ?? new PlainStep();
    steps.set(event.step, step);
    step.take(event);
    if (step.isFinished) {
      if (step.isWorthTelling) show(step);
      steps.delete(event.step);
    } else if (event.type !== 'step-defined' && (current === undefined || current === step)) show(step);
  }

  return {
    onEvent(event) {
      if (!isStepEvent(event)) return;
      onStepEvent(event);
      showWaiting(event.time);
    },
    tick: showWaiting,
    close() {
      if (current !== undefined) write(current.pause());
    },
  };
}
