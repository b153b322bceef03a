import { formatReference, parseReference, UsageError } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import { ORIGIN, PUSHED } from '../source/provenance-annotations.ts';
import { findImage } from './find-image.ts';
import { nameImage } from './image-names.ts';

/** Gives an image of the store one more name. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND @throws {UsageError} */
export async function tagImage(store: Store, source: string, name: string): Promise<void> {
  const target = parseReference(name);
  if (target.digest !== undefined) {
    throw new UsageError(`cannot tag ${JSON.stringify(name)}: a name to give has no digest`);
  }
  const { image } = await findImage(store, source);
  const { annotations = {}, ...root } = image.root;
  const { [PUSHED]: _, ...kept } = annotations;
  const origin = kept[ORIGIN];
  await nameImage(store, origin === undefined ? root : { ...root, annotations: kept }, formatReference(target));
}
