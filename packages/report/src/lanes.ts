import { endOf } from './critical-path.ts';
import type { ReportStep } from './report-build.ts';

/** Puts steps that ran side by side in lanes below one another, each in the first lane that is free when it begins. */
export function layOutLanes(steps: readonly ReportStep[]): ReadonlyMap<string, number> {
  const begun = steps.filter((step) => step.startMs !== undefined).sort((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
  const ends: number[] = [];
  const lanes = new Map<string, number>();
  for (const step of begun) {
    const free = ends.findIndex((end) => end <= (step.startMs ?? 0));
    const lane = free === -1 ? ends.length : free;
    ends[lane] = endOf(step);
    lanes.set(step.id, lane);
  }
  return lanes;
}
