import type { ReportStep } from './report-build.ts';

/**
 * The steps that the build's duration is made of: the one that ended last, the input that it waited for longest, and so
 * on to the first. Speeding up any other step would change nothing.
 */
export function criticalPath(steps: readonly ReportStep[]): ReadonlySet<string> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const path = new Set<string>();
  for (let step = lastToEnd(steps); step !== undefined && !path.has(step.id); ) {
    path.add(step.id);
    step = lastToEnd(step.inputs.flatMap((id) => byId.get(id) ?? []));
  }
  return path;
}

function lastToEnd(steps: readonly ReportStep[]): ReportStep | undefined {
  const ended = steps.filter(({ startMs }) => startMs !== undefined);
  return ended.reduce<ReportStep | undefined>(
    (last, step) => (last === undefined || endOf(step) > endOf(last) ? step : last),
    undefined,
  );
}

/** Milliseconds after the build began. */
export function endOf({ startMs = 0, durationMs = 0 }: ReportStep): number {
  return startMs + durationMs;
}
