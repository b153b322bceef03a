import { hostPlatform, parsePlatform, UsageError } from '@tsbuild/core';
import type { RegistryClient } from '@tsbuild/registry';
import type { Reporter } from '../../events.ts';
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

/** What a build that asks for it writes into the manifest of its image. */
export async function inlineAnnotations(
  options: BuildOptions,
  shared: SharedCache,
): Promise<Readonly<Record<string, string>>> {
  if (!wantsInline(options)) return {};
  const { encodeInline, INLINE_ANNOTATION } = await import('./inline.ts');
  const { inOrder, toSharedRecord } = await import('./export/cache-content.ts');
  return { [INLINE_ANNOTATION]: encodeInline(inOrder(shared.used()).map(toSharedRecord)) };
}
