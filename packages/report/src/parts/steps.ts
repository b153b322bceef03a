import { formatBytes, formatDuration } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { ReportBuild, ReportStep } from '../report-build.ts';
import { plainText } from '../terminal-text.ts';

/** Every step with what became of it, why, how long it took, and what it printed. */
export function stepsPart({ steps }: ReportBuild): Markup {
  const rows = steps.map(
    (step) => html`<tr id="step-${step.id}" class="${step.status ?? 'not-begun'}">
<th scope="row">${step.line === undefined ? step.name : html`<a href="#line-${step.line}">${step.name}</a>`}</th>
<td>${step.status ?? 'not begun'}</td><td class="number">${step.durationMs === undefined ? '' : formatDuration(step.durationMs)}</td>
<td>${step.reason}${step.error === undefined ? undefined : html`<pre class="error">${step.error}</pre>`}${logOf(step)}</td></tr>`,
  );
  return html`<section aria-labelledby="steps">
<h2 id="steps">Steps</h2>
<table class="steps"><thead><tr><th scope="col">Step</th><th scope="col">Result</th><th scope="col" class="number">Time</th><th scope="col">Why, and what it printed</th></tr></thead>
<tbody>${rows}</tbody></table>
</section>`;
}

function logOf({ log, logBytesLeftOut = 0, status, name }: ReportStep): Markup | undefined {
  if (log === undefined || log === '') return undefined;
  const leftOut =
    logBytesLeftOut === 0
      ? ''
      : `[the first ${formatBytes(logBytesLeftOut)} are left out; tsbuild builds logs prints all]\n`;
  return html`<details${status === 'failed' ? html` open` : undefined}><summary>Output</summary><pre tabindex="0" aria-label="Output of ${name}">${leftOut}${plainText(log)}</pre></details>`;
}
