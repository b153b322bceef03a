import { formatBytes } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { ReportBuild, ReportImage, ReportLayer } from '../report-build.ts';

/** The layers of every image with their sizes and wasted bytes, their files, and the configuration. */
export function imagesPart({ images }: ReportBuild): Markup {
  return html`${images.map((image, at) => imagePart(image, at, images.length > 1))}`;
}

function imagePart(image: ReportImage, at: number, isOneOfMany: boolean): Markup {
  const { layers, id, config, platform } = image;
  const title = isOneOfMany ? `Layers, ${platform}` : 'Layers';
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  const hidden = layers.reduce((sum, layer) => sum + layer.hidden, 0);
  return html`<section aria-labelledby="layers-${at}">
<h2 id="layers-${at}">${title}</h2>
<p>${layers.length} layers with ${formatBytes(size)} of files${hidden === 0 ? '' : `, of which later layers hide ${formatBytes(hidden)}`}. Image <code>${id}</code></p>
<table class="layers"><thead><tr><th scope="col">Layer</th><th scope="col" class="number">Files</th><th scope="col" class="number">Hidden</th><th scope="col">Made by</th></tr></thead>
<tbody>${layers.map((layer, index) => layerRow(layer, index, size))}</tbody></table>
<div class="files" data-image="${at}"><noscript>The files are shown with JavaScript.</noscript></div>
<details><summary>Configuration</summary><pre tabindex="0" aria-label="Configuration">${JSON.stringify(config, null, 2)}</pre></details>
</section>`;
}

function layerRow({ diffId, size, hidden, createdBy }: ReportLayer, index: number, total: number): Markup {
  const share = total === 0 ? 0 : (100 * size) / total;
  return html`<tr style="--share:${share.toFixed(2)}%"><th scope="row" title="${diffId}">${index + 1}</th><td class="number size">${formatBytes(size)}</td><td class="number">${hidden === 0 ? '' : formatBytes(hidden)}</td><td><code>${createdBy}</code></td></tr>`;
}
