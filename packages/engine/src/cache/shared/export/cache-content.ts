import { compressionOf, type DiffId } from '@tsbuild/core';
import type { ExportContext } from '../../../export/export-context.ts';
import { DEFAULT_LEVELS, layerForm } from '../../../image/layer-forms.ts';
import type { ImageOutputOptions } from '../../../options.ts';
import type { Chain, ChainLayer } from '../../../solve/chain.ts';
import type { ExplainedStep } from '../explanations.ts';
import type { UsedRecord } from '../shared-cache.ts';
import type { SharedBlob, SharedMount, SharedRecord } from '../shared-document.ts';

/** What one export writes. */
export interface CacheContent {
  /** In the order of their keys: equal caches are equal bytes. */
  readonly records: readonly UsedRecord[];
  readonly layers: ReadonlyMap<DiffId, SharedBlob>;
  /** The same layers with the places of their bytes. */
  readonly chain: Chain;
  readonly mounts: readonly SharedMount[];
  /** What the keys of the records were made of. */
  readonly steps: readonly ExplainedStep[];
}

export interface ContentOptions extends Pick<ImageOutputOptions, 'compression' | 'compressionLevel'> {
  readonly mode?: 'min' | 'max';
}

export function toSharedRecord({ domain, parts, record }: UsedRecord): SharedRecord {
  return { domain, parts, record };
}

/** By key: independent steps end in any order. */
export function inOrder(used: readonly UsedRecord[]): UsedRecord[] {
  return [...used].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Chooses the layers, each in the form in which it is exported. Layers of base images are left to their registry. */
export async function collectContent(
  used: readonly UsedRecord[],
  image: Chain,
  mounts: readonly { readonly mount: SharedMount; readonly chain: Chain }[],
  options: ContentOptions,
  context: ExportContext,
): Promise<Omit<CacheContent, 'steps'>> {
  const records = inOrder(used);
  const inImage = new Set(image.map(({ diffId }) => diffId));
  const isWanted = ({ diffId }: ChainLayer) => options.mode === 'max' || inImage.has(diffId);
  const chosen = new Map<DiffId, ChainLayer>();
  for (const layer of records.flatMap(({ chain }) => chain)) {
    if (layer.base === undefined && isWanted(layer) && !chosen.has(layer.diffId)) chosen.set(layer.diffId, layer);
  }
  for (const layer of mounts.flatMap(({ chain }) => chain)) chosen.set(layer.diffId, layer);
  const layers = new Map<DiffId, SharedBlob>();
  const chain: ChainLayer[] = [];
  for (const layer of [...chosen.values()].sort((a, b) => (a.diffId < b.diffId ? -1 : 1))) {
    if (!(await isAtHand(layer, context))) continue;
    layers.set(layer.diffId, await exportedForm(layer, options, context));
    chain.push(layer);
  }
  return { records, layers, chain, mounts: mounts.map(({ mount }) => mount) };
}

/** Not so for what a shared cache only knows of. */
async function isAtHand({ diffId, remote }: ChainLayer, { store }: ExportContext): Promise<boolean> {
  if (remote?.descriptor !== undefined) return true;
  const stored = await store.layers.get(diffId);
  return stored !== undefined && (stored.hasTar || stored.forms.length > 0);
}

async function exportedForm(
  layer: ChainLayer,
  { compression = 'gzip', compressionLevel }: ContentOptions,
  context: ExportContext,
): Promise<SharedBlob> {
  const level = compressionLevel === undefined ? {} : { compressionLevel };
  const { mediaType, digest, size } = await layerForm(layer, { compression, ...level }, context);
  const kind = compressionOf(mediaType);
  if (kind === undefined || kind === 'uncompressed') return { mediaType, digest, size };
  return { mediaType, digest, size, level: compressionLevel ?? DEFAULT_LEVELS[kind] };
}
