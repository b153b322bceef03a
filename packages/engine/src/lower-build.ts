import { resolve } from 'node:path';
import { hostPlatform, parsePlatform } from '@tsbuild/core';
import { type Dockerfile, parseDockerfile } from '@tsbuild/dockerfile';
import { type BuildContexts, openContexts } from './build-contexts.ts';
import type { BuilderResources } from './builder-resources.ts';
import type { LoweredImage, ResolvedImage } from './graph.ts';
import { lower } from './lower/lower.ts';
import type { LowerOptions } from './lower/lower-options.ts';
import type { BuildOptions } from './options.ts';
import type { Owner } from './owner.ts';
import { readDockerfile } from './source/dockerfile-source.ts';

/** A build before anything of it is solved. */
export interface LoweredBuild {
  readonly dockerfile: Dockerfile;
  readonly lowered: LoweredImage;
  readonly contexts: BuildContexts;
  /** Images that were resolved, by the names that FROM gives them. */
  readonly images: ReadonlyMap<string, ResolvedImage>;
  readonly lowerWith: LowerOptions;
}

/** Reads the Dockerfile, wherever its context is, and makes the graph of its target. */
export async function lowerBuild(
  options: BuildOptions,
  resources: Pick<BuilderResources, 'store' | 'downloads' | 'images'>,
  owner: Owner,
  signal: AbortSignal,
): Promise<LoweredBuild> {
  const { store, downloads } = resources;
  const remote = { store, owner, signal, secrets: options.secrets ?? {}, downloads };
  const contexts = openContexts(options, remote);
  const { name, text } = await readDockerfile(options, contexts.main, remote);
  const dockerfile = parseDockerfile(text, { name });
  const images = new Map<string, ResolvedImage>();
  const lowerWith = lowerOptions(options, contexts, images, resources, signal);
  return { dockerfile, lowered: await lower(dockerfile, lowerWith), contexts, images, lowerWith };
}

function lowerOptions(
  options: BuildOptions,
  contexts: BuildContexts,
  images: Map<string, ResolvedImage>,
  resources: Pick<BuilderResources, 'images'>,
  signal: AbortSignal,
): LowerOptions {
  const host = hostPlatform();
  const { buildArgs = {}, sourceDateEpoch, noCache = false, noCacheFilter = [], pull = false } = options;
  const filtered = new Set(noCacheFilter.map((stage) => stage.toLowerCase()));
  return {
    target: options.target,
    platforms: { build: host, target: options.platform === undefined ? host : parsePlatform(options.platform) },
    isPlatformExplicit: options.platform !== undefined,
    buildArgs: sourceDateEpoch === undefined ? buildArgs : { SOURCE_DATE_EPOCH: String(sourceDateEpoch), ...buildArgs },
    labels: options.labels ?? {},
    extraHosts: options.addHosts ?? {},
    allowed: new Set(options.allow ?? []),
    network: options.network ?? 'default',
    buildContext: contexts.main,
    contextName: typeof options.context === 'string' ? resolve(options.context) : '',
    namedContexts: contexts.named,
    noCache: (stage) => noCache || filtered.has(stage),
    async resolveImage(name, platform) {
      const image = await resources.images.resolve(name, { platform, pull, signal });
      images.set(name, image);
      return image;
    },
    resolveLayout: (name, platform) => resources.images.layout(name, { platform, signal }),
  };
}
