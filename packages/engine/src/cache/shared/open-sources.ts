import {
  familiarReference,
  type Platform,
  parseDigest,
  parseReference,
  redactCredentials,
  UsageError,
} from '@tsbuild/core';
import type { RegistryClient } from '@tsbuild/registry';
import type { CacheSource } from './cache-source.ts';
import { createDocumentSource, type LoadedDocument } from './document-source.ts';
import { createHttpSource } from './http-source.ts';
import type { CacheFromOptions } from './shared-options.ts';

interface SourceContext {
  readonly registry: () => Promise<RegistryClient>;
  /** Those that are built: an index of images has records for each. */
  readonly platforms: readonly Platform[];
}

const TIMEOUT_MS = 20_000;

/** The caches that a build reads, none of them opened yet. @throws {UsageError} */
export function openSources(caches: readonly CacheFromOptions[], context: SourceContext): CacheSource[] {
  return caches.map((cache) => openSource(cache, context));
}

function openSource(cache: CacheFromOptions, context: SourceContext): CacheSource {
  const common = { trust: cache.trust ?? 'build', timeoutMs: cache.timeoutMs ?? TIMEOUT_MS } as const;
  switch (cache.type) {
    case 'registry': {
      const reference = parseReference(cache.ref);
      const load = (signal: AbortSignal | undefined) => loadFromRegistry(cache.ref, context, signal);
      return createDocumentSource({ ...common, name: familiarReference(reference), origin: reference, load });
    }
    case 'local':
      return createDocumentSource({ ...common, name: cache.src, load: (signal) => loadFolder(cache, context, signal) });
    case 'http':
      return createHttpSource({ ...common, ...cache, name: redactCredentials(cache.url) });
    default:
      throw unsupportedCache('cacheFrom', cache satisfies never);
  }
}

/** @throws {NotFoundError} @throws {RegistryError} @throws {TsbuildError} */
async function loadFromRegistry(
  ref: string,
  { registry, platforms }: SourceContext,
  signal: AbortSignal | undefined,
): Promise<LoadedDocument> {
  const reference = parseReference(ref);
  const { readArtifact } = await import('./artifact.ts');
  const repository = (await registry()).repository(reference);
  const descriptor = await repository.resolve(reference.digest ?? reference.tag ?? 'latest', { signal });
  return { document: await readArtifact(repository, descriptor, platforms, signal), blobs: repository };
}

async function loadFolder(
  { src, tag, digest }: Extract<CacheFromOptions, { type: 'local' }>,
  { platforms }: SourceContext,
  signal: AbortSignal | undefined,
): Promise<LoadedDocument> {
  const { openLayoutFolder } = await import('../../source/layout-source.ts');
  const { readArtifact } = await import('./artifact.ts');
  const place = { folder: src, tag, digest: digest === undefined ? undefined : parseDigest(digest) };
  const { descriptor, blobs } = await openLayoutFolder(place);
  return { document: await readArtifact(blobs, descriptor, platforms, signal), blobs };
}

/** For callers without types. */
export function unsupportedCache(option: string, cache: object): UsageError {
  const type = 'type' in cache ? String(cache.type) : '';
  return new UsageError(`${option} does not support type ${JSON.stringify(type)}`, {
    hint: 'expected registry, local, http, or for cacheTo inline',
  });
}
