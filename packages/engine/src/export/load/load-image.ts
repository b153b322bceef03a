import { type Digest, isTsbuildError } from '@tsbuild/core';
import type { AssembledImage } from '../../image/assemble.ts';
import type { DockerOutput } from '../../options.ts';
import type { OutputResult } from '../../result.ts';
import { type ExportContext, writeFailed } from '../export-context.ts';
import { type ExportSet, prepareSet } from '../export-set.ts';
import { findEngine } from './find-engine.ts';
import { imageStream } from './image-stream.ts';
import type { Loader } from './loader.ts';

/** Loads an image into a container engine: layers that it has are not sent, and of an image that it has only the names. */
export async function loadImage(
  images: readonly AssembledImage[],
  { engine, ...options }: DockerOutput,
  context: ExportContext,
): Promise<Omit<OutputResult, 'type'>> {
  const loader = await findEngine(engine, process.env);
  const exported = await prepareSet(images, { compression: 'uncompressed', ...options }, context);
  try {
    await load(exported, loader, context);
  } catch (error) {
    throw writeFailed(loader.place, error, context);
  }
  return { dest: loader.place, descriptor: exported.descriptor };
}

async function load(exported: ExportSet, loader: Loader, context: ExportContext): Promise<void> {
  const { signal, tags } = context;
  const [image] = exported.images;
  if (image === undefined) throw new Error('an output of type docker has one image');
  if (await loader.has(image, signal)) {
    for (const tag of tags) await loader.tag(image, tag, signal);
    return;
  }
  const present = await loader.present(image, signal);
  const send = (without: ReadonlySet<Digest>) => loader.load(imageStream(exported, without, context), signal);
  try {
    await send(present);
  } catch (error) {
    // What the engine had may be gone by now.
    if (present.size === 0 || !isTsbuildError(error) || signal?.aborted === true) throw error;
    await send(new Set());
  }
}
