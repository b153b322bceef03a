import {
  type CallOptions,
  formatPlatform,
  formatReference,
  hostPlatform,
  type ImageConfig,
  isTsbuildError,
  parsePlatform,
  parseReference,
} from '@tsbuild/core';
import type { BuilderResources } from '../builder-resources.ts';
import { imageChain } from '../image/image-chain.ts';
import { findImage } from '../images/find-image.ts';
import { chainOf } from '../images/stored-image.ts';
import type { Chain } from '../solve/chain.ts';
import type { CommandResult, RunImageOptions } from './command-options.ts';
import { runInImage } from './run-in-image.ts';

interface RunnableImage {
  readonly config: ImageConfig;
  readonly chain: Chain;
}

type Resources = Pick<BuilderResources, 'store' | 'images' | 'layers' | 'executor'>;

/** Finds an image by its name or id and runs a command in it. */
export async function runImage(
  reference: string,
  args: readonly string[],
  { pull = 'missing', platform, onPull, ...options }: RunImageOptions,
  resources: Resources,
): Promise<CommandResult> {
  await using _hold = resources.store.hold();
  const wanted = platform === undefined ? hostPlatform() : parsePlatform(platform);
  const find = async () => {
    const { image } = await findImage(resources.store, reference, formatPlatform(wanted));
    return { config: image.config, chain: chainOf(image) };
  };
  const pullImage = async () => {
    onPull?.(formatReference(parseReference(reference)));
    const call: CallOptions = { signal: options.signal };
    const image = await resources.images.resolve(reference, { platform: wanted, pull: true, ...call });
    return { config: image.config, chain: imageChain(image) };
  };
  const image = await choose(pull, find, pullImage);
  return runInImage(image, args, options, resources);
}

async function choose(
  pull: NonNullable<RunImageOptions['pull']>,
  find: () => Promise<RunnableImage>,
  pullImage: () => Promise<RunnableImage>,
): Promise<RunnableImage> {
  if (pull === 'always') return pullImage();
  try {
    return await find();
  } catch (error) {
    if (pull === 'missing' && isTsbuildError(error) && error.code === 'ERR_TSBUILD_IMAGE_NOT_FOUND') return pullImage();
    throw error;
  }
}
