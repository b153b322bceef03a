import { formatReference, parseReference } from '@tsbuild/core';
import type { BuildResult } from '@tsbuild/engine';

/** What `--iidfile` and `--quiet` say, as in buildx: the image's id, or of several platforms the digest of their index. */
export function resultId({ image, images, outputs }: BuildResult): string {
  if (Object.keys(images).length === 1) return image.id;
  return outputs[0]?.descriptor.digest ?? image.id;
}

/** What `--metadata-file` holds: buildx's keys for the first output, and all that tsbuild knows under `tsbuild.*`. */
export function buildMetadata(
  { image, images, outputs, steps, warnings }: BuildResult,
  tags: readonly string[],
): object {
  const [first] = outputs;
  const isOne = Object.keys(images).length === 1;
  return {
    ...(isOne ? { 'containerimage.config.digest': image.id } : {}),
    ...(first === undefined
      ? {}
      : { 'containerimage.descriptor': first.descriptor, 'containerimage.digest': first.descriptor.digest }),
    ...(tags.length === 0 ? {} : { 'image.name': tags.map((tag) => formatReference(parseReference(tag))).join(',') }),
    'tsbuild.outputs': outputs,
    'tsbuild.steps': steps,
    'tsbuild.warnings': warnings,
  };
}
