import type { TtyLine } from './tty-line.ts';
import type { TtyStep } from './tty-step.ts';

/** Of transfers and output of one step. */
const MAX_DETAILS = 6;

/** The running steps, below their stages where several are at work, in at most `room` lines. */
export function treeLines(running: readonly TtyStep[], now: number, room: number): readonly TtyLine[] {
  if (running.length > room) return crowdLines(running, now, room);
  const stages = byStage(running);
  const headings = stages.size > 1 ? [...stages.keys()].filter((stage) => stage !== undefined).length : 0;
  const isTree = headings > 0 && running.length + headings <= room;
  const left = room - running.length - (isTree ? headings : 0);
  const details = Math.min(MAX_DETAILS, Math.floor(left / Math.max(1, running.length)));
  if (!isTree) return running.flatMap((step) => [step.line(now), ...step.details(details)]);
  return [...stages].flatMap(([stage, steps]) =>
    stage === undefined
      ? steps.flatMap((step) => [step.line(now), ...step.details(details)])
      : [{ text: ` ${stage}` }, ...steps.flatMap((step) => [step.branch(now), ...step.details(details)])],
  );
}

/** More steps than lines: those that run longest, and how many there are besides. */
function crowdLines(running: readonly TtyStep[], now: number, room: number): readonly TtyLine[] {
  if (room <= 0) return [];
  const shown = running.slice(0, room - 1);
  return [...shown.map((step) => step.line(now)), { text: ` => … ${running.length - shown.length} more` }];
}

function byStage(steps: readonly TtyStep[]): ReadonlyMap<string | undefined, readonly TtyStep[]> {
  const stages = new Map<string | undefined, TtyStep[]>();
  for (const step of steps) stages.set(step.stage, [...(stages.get(step.stage) ?? []), step]);
  return stages;
}
