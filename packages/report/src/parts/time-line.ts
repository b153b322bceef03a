import { criticalPath } from '../critical-path.ts';
import { formatDuration } from '../format.ts';
import { html, type Markup } from '../html.ts';
import { layOutLanes } from '../lanes.ts';
import type { ReportBuild, ReportStep } from '../report-build.ts';

/** Steps as bars over the time of the build, side by side in lanes; those on the critical path stand out. */
export function timeLinePart({ steps, durationMs }: ReportBuild): Markup {
  const lanes = layOutLanes(steps);
  if (lanes.size === 0) return html``;
  const critical = criticalPath(steps);
  const bars = steps
    .filter(({ id }) => lanes.has(id))
    .map((step) => bar(step, lanes.get(step.id) ?? 0, Math.max(1, durationMs), critical));
  const onPath = steps.filter(({ id }) => critical.has(id)).map(({ name }) => html`<li>${name}</li>`);
  return html`<section aria-labelledby="time-line">
<h2 id="time-line">Time line</h2>
<div class="lanes" style="--lanes:${Math.max(...lanes.values()) + 1}">${bars}</div>
<p class="scale quiet" aria-hidden="true"><span>0 s</span><span>${formatDuration(durationMs / 2)}</span><span>${formatDuration(durationMs)}</span></p>
<details><summary>Critical path: ${critical.size} ${critical.size === 1 ? 'step' : 'steps'}</summary><ol>${onPath}</ol></details>
</section>`;
}

function bar(step: ReportStep, lane: number, total: number, critical: ReadonlySet<string>): Markup {
  const { id, name, status = 'cancelled', startMs = 0, durationMs = 0 } = step;
  const percent = (milliseconds: number) => ((100 * milliseconds) / total).toFixed(3);
  const isCritical = critical.has(id);
  const text = `${name}, ${status}, ${formatDuration(durationMs)}${isCritical ? ', on the critical path' : ''}`;
  return html`<a class="bar ${status}${isCritical ? ' critical' : ''}" href="#step-${id}" style="--lane:${lane};--start:${percent(startMs)}%;--width:${percent(durationMs)}%" title="${text}" aria-label="${text}"><span>${name}</span></a>`;
}
