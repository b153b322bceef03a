import type { BuiltImage, ImageLayer } from '@tsbuild/engine';
import { type CheckResult, checkEqual } from './check.ts';

/** How many layers the image has, or what each of them holds: paths in the order of the layer, bottom layer first. */
export async function checkLayers(
  image: Pick<BuiltImage, 'config' | 'layers'>,
  expected: number | readonly (readonly string[])[],
): Promise<CheckResult> {
  if (typeof expected === 'number')
    return checkEqual('the number of layers', image.config.rootfs.diff_ids.length, expected);
  return checkEqual('the content of the layers', (await image.layers()).map(pathsOf), expected);
}

/** Folders end in a slash, emptied ones in a slash and a minus sign; deleted paths begin with one. */
function pathsOf(layer: ImageLayer): string[] {
  return Array.from(layer.entries(), (entry) => {
    if (entry.type === 'whiteout') return `-${entry.path}`;
    if (entry.type !== 'directory') return entry.path;
    return `${entry.path}/${entry.opaque === true ? '-' : ''}`;
  });
}
