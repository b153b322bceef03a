import type { HistoryEntry } from '@tsbuild/core';
import type { Squash } from '../../options.ts';
import type { ChainLayer } from '../../solve/chain.ts';
import { type AssembledImage, configOf, type ImageShape } from '../assemble.ts';
import type { EpochContext } from '../source-date-epoch.ts';
import { type LayerGroup, layerGroups } from './layer-groups.ts';
import { squashLayers } from './squash-layer.ts';

/** The same root file system in fewer layers. The history keeps its steps, and says where their layers went. */
export async function squashImage(
  image: AssembledImage,
  squash: Squash,
  context: EpochContext,
): Promise<AssembledImage> {
  const { chain, config, shape } = image;
  if (shape === undefined) throw new Error('an image that was built knows where its layers are from');
  const groups = layerGroups(shape, squash);
  if (groups.length === chain.length) return image;
  const squashed: ChainLayer[] = [];
  for (const group of groups) {
    const [single] = chain.slice(group.start, group.end);
    const isOne = group.end - group.start === 1 && single !== undefined;
    squashed.push(isOne ? single : await squashLayers(chain, group, context));
  }
  const smaller = configOf({
    ...config,
    history: squashedHistory(image, groups),
    rootfs: { type: 'layers', diff_ids: squashed.map(({ diffId }) => diffId) },
  });
  return { ...smaller, chain: squashed, shape: squashedShape(shape, groups) };
}

function squashedShape({ stageOf, stages }: ImageShape, groups: readonly LayerGroup[]): ImageShape {
  return { stages, stageOf: groups.map(({ end }) => stageOf[end - 1]) };
}

/**
 * As `docker build --squash` writes it: the steps lose their layers to one further entry. Entries are matched to layers
 * from the top, as a base need not have a history.
 */
function squashedHistory(
  { config: { history = [] }, chain, configDescriptor }: AssembledImage,
  groups: readonly LayerGroup[],
): readonly HistoryEntry[] {
  const merged: HistoryEntry[] = [];
  let layer = chain.length - history.filter((entry) => entry.empty_layer !== true).length;
  for (const entry of history) {
    if (entry.empty_layer === true) {
      merged.push(entry);
      continue;
    }
    const group = groups.find(({ start, end }) => layer >= start && layer < end);
    layer += 1;
    const isOne = group === undefined || group.end - group.start === 1;
    merged.push(isOne ? entry : { ...entry, empty_layer: true });
    if (isOne || layer !== group.end) continue;
    const comment = `${group.start === 0 ? 'create new from' : 'merge'} ${configDescriptor.digest}`;
    merged.push({ ...(entry.created === undefined ? {} : { created: entry.created }), comment });
  }
  return merged;
}
