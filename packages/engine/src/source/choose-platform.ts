import {
  type Descriptor,
  formatPlatform,
  type ImageIndex,
  type Platform,
  samePlatform,
  TsbuildError,
} from '@tsbuild/core';

/**
 * The entry of an index for a platform: the same variant, else the nearest lower one (an ARM of version 7 runs what was
 * built for version 6). An index with a single image that names no platform has only that.
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND naming the platforms that there are
 */
export function choosePlatform(index: ImageIndex, platform: Platform, name: string): Descriptor {
  const images = index.manifests.filter((entry) => entry.platform?.os !== 'unknown');
  const wanted = variantOf(platform);
  const fitting = images
    .filter((entry) => entry.platform?.os === platform.os && entry.platform.architecture === platform.architecture)
    .filter((entry) => variantOf(entry.platform) <= wanted)
    .sort((a, b) => (variantOf(a.platform) < variantOf(b.platform) ? 1 : -1));
  const exact = fitting.find((entry) => entry.platform !== undefined && samePlatform(entry.platform, platform));
  const [only] = images;
  const chosen = exact ?? fitting[0] ?? (images.length === 1 && only?.platform === undefined ? only : undefined);
  if (chosen !== undefined) return chosen;
  const offered = images.flatMap((entry) => (entry.platform === undefined ? [] : [formatPlatform(entry.platform)]));
  throw new TsbuildError(
    'ERR_TSBUILD_IMAGE_NOT_FOUND',
    `image ${name} has no variant for ${formatPlatform(platform)}`,
    {
      hint: offered.length === 0 ? undefined : `it offers ${offered.join(', ')}`,
    },
  );
}

function variantOf(platform: Platform | undefined): string {
  return platform?.variant ?? '';
}
