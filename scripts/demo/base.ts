import { createBuilder } from '@tsbuild/engine';
import { saveBase } from '../../test/support/base-images.ts';

/** Saves the base image `machine` in the store `root`. */
export async function makeBase(root: string): Promise<void> {
  await using builder = await createBuilder({ root });
  await saveBase(builder, 'debian:12', 'machine');
}
