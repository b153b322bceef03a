import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileData } from './file-data.ts';
import { html, scriptJson } from './html.ts';
import { dockerfilePart } from './parts/dockerfile.ts';
import { imagesPart } from './parts/images.ts';
import { outputsPart } from './parts/outputs.ts';
import { stepsPart } from './parts/steps.ts';
import { summaryPart } from './parts/summary.ts';
import { timeLinePart } from './parts/time-line.ts';
import type { ReportBuild } from './report-build.ts';
import { STYLE } from './style.ts';

/**
 * A build as one HTML page that needs nothing else: it works from a file, without a network, in light and dark, by
 * keyboard and with a screen reader; without JavaScript everything but the files is shown. Yields it piece by piece.
 */
export async function* renderReport(build: ReportBuild): AsyncGenerator<string> {
  const script = await readFile(new URL('./file-browser.js', import.meta.url), 'utf8');
  yield pageHead(build.title, script);
  for (const part of [summaryPart, timeLinePart, stepsPart, dockerfilePart, imagesPart, outputsPart])
    yield part(build).markup;
  for (const [image, { layers }] of build.images.entries()) {
    for (const layer of layers)
      yield `<script type="application/json" class="layer-files" data-image="${image}">${scriptJson(fileData(layer.entries))}</script>\n`;
  }
  yield `<script type="module">${script}</script>\n</body>\n</html>\n`;
}

/** Only our own script may run, whatever a log or a name holds. */
function pageHead(title: string, script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const style = { markup: STYLE };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: build report</title>
<style>${style}</style>
</head>
<body>
`.markup;
}
