import { namesInstruction } from '@tsbuild/core';
import { formatDuration } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { ReportBuild, ReportStep } from '../report-build.ts';

const STATUS: Readonly<Record<ReportBuild['status'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted',
};

/** What was built, how it went, how long it took, and the reason of the first step that ran. */
export function summaryPart(build: ReportBuild): Markup {
  const { title, status, error, startedAt, durationMs, platform, target, steps } = build;
  const instructions = steps.filter(({ name }) => namesInstruction(name));
  const count = (wanted: ReportStep['status']) => instructions.filter((step) => step.status === wanted).length;
  const first = steps.find(({ status, reason }) => status === 'ran' && reason !== undefined);
  return html`<header>
<h1>${title}</h1>
<p class="status ${status}" role="status">The build ${STATUS[status]} after ${formatDuration(durationMs)}: ${count('ran')} steps ran, ${count('cached')} were cached.</p>
${first === undefined ? undefined : html`<p>The first to run was <a href="#step-${first.id}">${first.name}</a>: ${first.reason}.</p>`}
${error === undefined ? undefined : html`<pre class="error">${error}</pre>`}
<p class="quiet"><time datetime="${new Date(startedAt).toISOString()}">${new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19)} UTC</time>${platform === '' ? '' : `, ${platform}`}${target === '' ? '' : `, target ${target}`}</p>
</header>`;
}
