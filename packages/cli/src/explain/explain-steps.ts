import type { FileChange, RunReason } from '@tsbuild/core';
import type { BuildPlan, StepResult } from '@tsbuild/engine';
import { describeReason } from '../progress/reason.ts';
import { lineOf } from '../progress/step-event.ts';

/** What became of each step, or would become of it, and why; every changed file with its old and new digest or mode. */
export function explainSteps(steps: readonly (StepResult | BuildPlan['steps'][number])[]): string {
  const words = steps.map((step) => step.status.replace('-', ' ').toUpperCase());
  const width = Math.max(0, ...words.map(({ length }) => length));
  return steps
    .map((step, at) => {
      const lines = [`${(words[at] ?? '').padEnd(width)}  ${lineOf(step.label)}`, ...whyLines(step)];
      return lines.map((line, number) => `${number === 0 ? '' : ' '.repeat(width + 4)}${line}\n`).join('');
    })
    .join('');
}

function whyLines(step: StepResult | BuildPlan['steps'][number]): string[] {
  if ('until' in step && step.until !== undefined) return [`not known before ${lineOf(step.until)}`];
  if (step.from !== undefined) return [`from ${step.from}`];
  return step.because === undefined ? [] : [describeReason(step.because), ...detailLines(step.because)];
}

function detailLines(because: RunReason): string[] {
  if (because.kind !== 'input-changed') return [];
  return (because.details ?? []).map(detailLine);
}

function detailLine({ path, what, from, to }: FileChange): string {
  return `${what} ${path}${from === undefined ? '' : ` ${short(from)}`}${from !== undefined && to !== undefined ? ' ->' : ''}${to === undefined ? '' : ` ${short(to)}`}`;
}

function short(value: string): string {
  return value.startsWith('sha256:') ? value.slice(0, 'sha256:'.length + 12) : value;
}
