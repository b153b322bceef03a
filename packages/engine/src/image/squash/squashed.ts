import type { Squash } from '../../options.ts';
import type { AssembledImage } from '../assemble.ts';
import type { EpochContext } from '../source-date-epoch.ts';

/** The images with the layers that are asked for: all of them, unless there is a `squash`. */
export async function squashed(
  images: readonly AssembledImage[],
  squash: Squash | undefined,
  context: EpochContext,
): Promise<readonly AssembledImage[]> {
  if (squash === undefined) return images;
  const { squashImage } = await import('./squash-image.ts');
  return Promise.all(images.map((image) => squashImage(image, squash, context)));
}
