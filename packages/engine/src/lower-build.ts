import { resolve } from 'node:path';
import { formatPlatform, hostPlatform, type Platform } from '@tsbuild/core';
import { type Dockerfile, parseDockerfile } from '@tsbuild/dockerfile';
import { createFetchedSources, type FetchedSources } from './attest/fetched-sources.ts';
import { type BuildContexts, openContexts } from './build-contexts.ts';
import type { BuilderResources } from './builder-resources.ts';
import type { LoweredImage, ResolvedImage, Vertex } from './graph.ts';
import { lower } from './lower/lower.ts';
import type { LowerOptions } from './lower/lower-options.ts';
import { createStepIds } from './lower/step-ids.ts';
import { stageTtl } from './lower/step-ttl.ts';
import type { BuildOptions } from './options.ts';
import type { Owner } from './owner.ts';
import { platformsOf } from './platforms.ts';
import { admitBuild, admitFrontend } from './policy/admit-build.ts';
import type { SourceGuard } from './policy/source-guard.ts';
import type { BaseMissing } from './solve/sandbox-ahead.ts';
import { readDockerfile } from './source/dockerfile-source.ts';
import type { ImageSourceOptions } from './source/image-source.ts';

/** A build before anything of it is solved. */
export interface LoweredBuild {
  /** What was asked for, with the contexts that a policy put in the place of others. */
  readonly options: BuildOptions;
  readonly dockerfile: Dockerfile;
  readonly contexts: BuildContexts;
  readonly fetched: FetchedSources;
  /** Of the policy, if there is one. */
  readonly guard: SourceGuard | undefined;
  /** One for each platform, in the order in which they were asked for. */
  readonly images: readonly LoweredPlatform[];
  /** The steps of all images, each once, after what they need. */
  readonly vertices: readonly Vertex[];
}

/** The build of one platform. Steps that are the same for others are the same vertices. */
export interface LoweredPlatform {
  readonly lowered: LoweredImage;
  /** Images that were resolved, by the names that FROM gives them, or by the place of a layout. */
  readonly bases: ReadonlyMap<string, ResolvedImage>;
  readonly lowerWith: LowerOptions;
}

/** Reads the Dockerfile, wherever its context is, and makes the graph of its target. */
export async function lowerBuild(
  asked: BuildOptions,
  resources: Pick<BuilderResources, 'store' | 'downloads' | 'images'>,
  owner: Owner,
  signal: AbortSignal,
  onBaseMissing?: BaseMissing,
): Promise<LoweredBuild> {
  const { store, downloads } = resources;
  const fetched = createFetchedSources();
  const { options, checksums, guard } = await admitBuild(asked);
  const remote = { store, owner, signal, secrets: options.secrets ?? {}, downloads, fetched, guard, checksums };
  const contexts = openContexts(options, remote);
  const { name, text } = await readDockerfile(options, contexts.main, remote);
  const dockerfile = parseDockerfile(text, { name });
  const ttl = stageTtl(options.ttl, dockerfile);
  await admitFrontend(dockerfile, guard);
  const newId = createStepIds();
  const resolveImage = resolveOnce(options, resources, { signal, onMissing: () => onBaseMissing?.(dockerfile) });
  const images: LoweredPlatform[] = [];
  for (const platform of platformsOf(options)) {
    const bases = new Map<string, ResolvedImage>();
    const lowerWith: LowerOptions = {
      ...lowerOptions(options, platform, contexts),
      ttl,
      ...(guard === undefined ? {} : { admitUrl: guard.url }),
      async resolveImage(image, of) {
        const resolved = await resolveImage((await guard?.image(image, of)) ?? image, of);
        bases.set(image, resolved);
        return resolved;
      },
      async resolveLayout(image, of) {
        await guard?.layout(image, of);
        const resolved = await resources.images.layout(image, { platform: of, signal });
        bases.set(image.includes('://') ? image : `oci-layout://${image}`, resolved);
        return resolved;
      },
    };
    images.push({ lowered: await lower(dockerfile, lowerWith, newId), bases, lowerWith });
  }
  const shared = await shareAll(images);
  return { options, dockerfile, contexts, fetched, guard, images: shared, vertices: allVertices(shared) };
}

async function shareAll(images: readonly LoweredPlatform[]): Promise<readonly LoweredPlatform[]> {
  if (images.length < 2) return images;
  const { shareVertices } = await import('./lower/share-vertices.ts');
  const shared = shareVertices(images.map(({ lowered }) => lowered));
  return images.map((image, at) => ({ ...image, lowered: shared[at] ?? image.lowered }));
}

function allVertices(images: readonly LoweredPlatform[]): readonly Vertex[] {
  return [...new Set(images.flatMap(({ lowered }) => lowered.vertices))];
}

/** Platforms that share a base ask for it once. */
function resolveOnce(
  { pull = false }: BuildOptions,
  { images }: Pick<BuilderResources, 'images'>,
  call: Pick<ImageSourceOptions, 'signal' | 'onMissing'>,
): LowerOptions['resolveImage'] {
  const resolved = new Map<string, Promise<ResolvedImage>>();
  return (name, platform) => {
    const key = `${name}\n${formatPlatform(platform)}`;
    const image = resolved.get(key) ?? images.resolve(name, { platform, pull, ...call });
    resolved.set(key, image);
    return image;
  };
}

function lowerOptions(
  options: BuildOptions,
  target: Platform,
  contexts: BuildContexts,
): Omit<LowerOptions, 'resolveImage' | 'resolveLayout' | 'ttl'> {
  const { buildArgs = {}, sourceDateEpoch, noCache = false, noCacheFilter = [], platforms = [] } = options;
  const filtered = new Set(noCacheFilter.map((stage) => stage.toLowerCase()));
  return {
    target: options.target,
    platforms: { build: hostPlatform(), target },
    isPlatformExplicit: platforms.length > 0,
    showsPlatform: platformsOf(options).length > 1,
    buildArgs: sourceDateEpoch === undefined ? buildArgs : { SOURCE_DATE_EPOCH: String(sourceDateEpoch), ...buildArgs },
    labels: options.labels ?? {},
    extraHosts: options.addHosts ?? {},
    allowed: new Set(options.allow ?? []),
    network: options.network ?? 'default',
    buildContext: contexts.main,
    contextName: typeof options.context === 'string' ? resolve(options.context) : '',
    namedContexts: contexts.named,
    noCache: (stage) => noCache || filtered.has(stage),
  };
}
