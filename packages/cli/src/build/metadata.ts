import { formatReference, parseReference } from '@tsbuild/core';
import type { BuildResult } from '@tsbuild/engine';

/** What `--metadata-file` holds: buildx's keys for the first output, and all that tsbuild knows under `tsbuild.*`. */
export function buildMetadata({ image, outputs, steps, warnings }: BuildResult, tags: readonly string[]): object {
  const [first] = outputs;
  return {
    'containerimage.config.digest': image.id,
    ...(first === undefined
      ? {}
      : { 'containerimage.descriptor': first.descriptor, 'containerimage.digest': first.descriptor.digest }),
    ...(tags.length === 0 ? {} : { 'image.name': tags.map((tag) => formatReference(parseReference(tag))).join(',') }),
    'tsbuild.outputs': outputs,
    'tsbuild.steps': steps,
    'tsbuild.warnings': warnings,
  };
}
