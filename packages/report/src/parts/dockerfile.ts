import type { BuildWarning } from '@tsbuild/core';
import { html, type Markup } from '../html.ts';
import type { ReportBuild, ReportStep } from '../report-build.ts';

/** The Dockerfile with its steps' results at their lines, and the warnings below theirs. */
export function dockerfilePart({ dockerfile, steps, warnings }: ReportBuild): Markup {
  if (dockerfile === undefined) return html``;
  const stepsAt = byLine(steps, ({ line }) => line);
  const warningsAt = byLine(warnings, ({ range }) => range?.start.line);
  const lines = dockerfile.text.replace(/\n$/, '').split('\n');
  const rows = lines.map((text, at) => {
    const badges = (stepsAt.get(at + 1) ?? []).map(badge);
    const notes = (warningsAt.get(at + 1) ?? []).map(note);
    return html`<li id="line-${at + 1}"><code>${text}</code>${badges}${notes}</li>`;
  });
  const general = (warningsAt.get(0) ?? []).map(note);
  return html`<section aria-labelledby="dockerfile">
<h2 id="dockerfile">${dockerfile.name}</h2>
${general}<ol class="source">${rows}</ol>
</section>`;
}

/** What belongs to no line is at 0. */
function byLine<Item>(items: readonly Item[], lineOf: (item: Item) => number | undefined): ReadonlyMap<number, Item[]> {
  const lines = new Map<number, Item[]>();
  for (const item of items) lines.set(lineOf(item) ?? 0, [...(lines.get(lineOf(item) ?? 0) ?? []), item]);
  return lines;
}

function badge({ id, status }: ReportStep): Markup {
  return html` <a class="badge ${status}" href="#step-${id}">${status ?? 'not begun'}</a>`;
}

function note({ rule, message, url }: BuildWarning): Markup {
  const isLink = url !== undefined && /^https?:/.test(url);
  const name = isLink ? html`<a href="${url}">${rule}</a>` : html`${rule}`;
  return html`<p class="warning">Warning ${name}: ${message}</p>`;
}
