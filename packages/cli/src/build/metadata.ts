import { formatReference, parseReference } from '@tsbuild/core';
import type { BuildResult } from '@tsbuild/engine';

/** What `--iidfile` and `--quiet` say, as in buildx: the image's id, or of several platforms the digest of their index. */
export function resultId({ image, images, outputs }: BuildResult): string {
  if (Object.keys(images).length === 1) return image.id;
  return rootOf(outputs)?.digest ?? image.id;
}

/** The first manifest or index that was written; outputs of files have none. */
function rootOf(outputs: BuildResult['outputs']) {
  return outputs.find(({ descriptor }) => descriptor !== undefined)?.descriptor;
}

/** What `--metadata-file` holds: buildx's keys for the first output, and all that tsbuild knows under `tsbuild.*`. */
export function buildMetadata(
  { image, images, outputs, steps, warnings, attestations }: BuildResult,
  tags: readonly string[],
): object {
  const descriptor = rootOf(outputs);
  const isOne = Object.keys(images).length === 1;
  return {
    ...(isOne ? { 'containerimage.config.digest': image.id } : {}),
    ...(descriptor === undefined
      ? {}
      : { 'containerimage.descriptor': descriptor, 'containerimage.digest': descriptor.digest }),
    ...(tags.length === 0 ? {} : { 'image.name': tags.map((tag) => formatReference(parseReference(tag))).join(',') }),
    ...provenanceKeys(attestations),
    'tsbuild.outputs': outputs,
    'tsbuild.steps': steps,
    'tsbuild.warnings': warnings,
  };
}

/** As in buildx: of several platforms each has a key of its own. */
function provenanceKeys(attestations: BuildResult['attestations']): object {
  const platforms = Object.entries(attestations);
  const found = platforms.flatMap(([platform, list]) => {
    const provenance = list.find(({ predicateType }) => predicateType.startsWith('https://slsa.dev/provenance/'));
    const key = platforms.length === 1 ? 'buildx.build.provenance' : `buildx.build.provenance/${platform}`;
    return provenance === undefined ? [] : [[key, provenance.predicate] as const];
  });
  return Object.fromEntries(found);
}
