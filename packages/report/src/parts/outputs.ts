import { html, type Markup } from '../html.ts';
import type { ReportBuild } from '../report-build.ts';

/** Where the image went. */
export function outputsPart({ outputs }: ReportBuild): Markup {
  if (outputs.length === 0) return html``;
  const rows = outputs.map(
    ({ type, dest, digest }) =>
      html`<tr><th scope="row">${type}</th><td>${dest}</td><td><code>${digest}</code></td></tr>`,
  );
  return html`<section aria-labelledby="outputs"><h2 id="outputs">Outputs</h2>
<table><thead><tr><th scope="col">Type</th><th scope="col">Where</th><th scope="col">Manifest</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}
