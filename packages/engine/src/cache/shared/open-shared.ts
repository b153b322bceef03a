import { hostPlatform, parsePlatform, UsageError } from '@tsbuild/core';
import type { RegistryClient } from '@tsbuild/registry';
import type { Reporter } from '../../events.ts';
import type { LoweredImage } from '../../graph.ts';
import type { AssembledImage } from '../../image/assemble.ts';
import type { BuildOptions } from '../../options.ts';
import { createSharedCache, type SharedCache } from './shared-cache.ts';

/**
 * The shared caches of a build; nothing of it is loaded for a build that names none.
 * @throws {UsageError} for caches that cannot be
 */
export async function openSharedCache(
  options: BuildOptions,
  registry: () => Promise<RegistryClient>,
  reporter: Reporter,
): Promise<SharedCache> {
  const { cacheFrom = [], cacheTo = [], outputs = [] } = options;
  const isInline = wantsInline(options);
  if (isInline && outputs.some((output) => 'ociMediaTypes' in output && output.ociMediaTypes === false)) {
    throw new UsageError('an inline cache needs OCI media types', {
      hint: 'its records are an annotation, which Docker manifests lack; leave oci-mediatypes=false out',
    });
  }
  if (cacheTo.length > 0) (await import('./check-destinations.ts')).checkDestinations(cacheTo);
  const asked = (options.platforms ?? []).map(parsePlatform);
  const platforms = asked.length === 0 ? [hostPlatform()] : asked;
  const sources =
    cacheFrom.length === 0 ? [] : (await import('./open-sources.ts')).openSources(cacheFrom, { registry, platforms });
  return createSharedCache({
    sources,
    isExported: isInline || cacheTo.length > 0,
    onWarning: (warning) => reporter.emit({ type: 'warning', warning }),
  });
}

/** `type=inline`, or the build argument by which BuildKit's users ask for it. */
function wantsInline({ cacheTo = [], buildArgs = {} }: BuildOptions): boolean {
  const { BUILDKIT_INLINE_CACHE: asked = '' } = buildArgs;
  return cacheTo.some(({ type }) => type === 'inline') || ['1', 'true'].includes(asked.toLowerCase());
}

/** The images of a build that asks for it with the records that their own steps used, for their manifests. */
export async function withInlineCache(
  images: readonly AssembledImage[],
  lowered: readonly { readonly lowered: Pick<LoweredImage, 'vertices'> }[],
  options: BuildOptions,
  shared: SharedCache,
): Promise<readonly AssembledImage[]> {
  if (!wantsInline(options)) return images;
  const { encodeInline, INLINE_ANNOTATION } = await import('./inline.ts');
  const { inOrder, toSharedRecord } = await import('./export/cache-content.ts');
  return images.map((image, at) => {
    const steps = new Set(lowered[at]?.lowered.vertices.map(({ step }) => step.id));
    const records = inOrder(shared.used(steps)).map(toSharedRecord);
    return { ...image, annotations: { [INLINE_ANNOTATION]: encodeInline(records) } };
  });
}
