import {
  type CallOptions,
  type Descriptor,
  type Digest,
  formatReference,
  type Reference,
  RegistryError,
  UsageError,
} from '@tsbuild/core';
import { copyImage, type RemoteRepository } from '@tsbuild/registry';
import type { ExportContext } from './export-context.ts';
import type { ExportSet } from './export-set.ts';
import { pushedTo, rememberPushed } from './pushed-blobs.ts';

/**
 * Pushes under every name; under one without a tag the digest is the name. Layers that the registry has are not sent:
 * another repository of it takes them over from where their base is, or where an earlier push brought them.
 */
export async function exportToRegistry(
  exported: ExportSet,
  references: readonly Reference[],
  context: ExportContext,
): Promise<void> {
  if (references.length === 0)
    throw new UsageError('a push needs a tag', { hint: 'name the image with -t NAME or name=NAME' });
  for (const reference of references) await pushTo(exported, reference, context);
}

async function pushTo(exported: ExportSet, reference: Reference, context: ExportContext): Promise<void> {
  const { registry, reporter, step, sign, signal, store } = context;
  const repository = (await registry()).repository(reference);
  const gone = new Set<Digest>();
  await copyImage(exported.target, repository, exported.descriptor, {
    tags: reference.tag === undefined ? [] : [reference.tag],
    signal,
    onProgress: ({ descriptor, current }) =>
      reporter.progress(step, `${formatReference(reference)}@${descriptor.digest}`, current, descriptor.size),
    async mount(blob, options) {
      const layer = exported.baseOf(blob);
      const origin = layer?.base === undefined ? layer?.remote?.origin : layer.base.origin;
      const known = origin?.registry === reference.registry ? origin.repository : undefined;
      const from = known ?? (await pushedTo(store.records, blob, reference));
      if (from === undefined || from === reference.repository) return false;
      const isMounted = await mount(repository, blob, from, options);
      if (!isMounted) gone.add(blob.digest);
      return isMounted;
    },
  });
  const layers = exported.images.flatMap(({ manifest }) => manifest.layers);
  await rememberPushed(store.records, layers, reference, gone);
  // Of an index the images as well: whoever pulls one platform looks for the signature of its manifest.
  const signed = [exported.descriptor, ...exported.images.map(({ descriptor }) => descriptor)];
  await sign?.(repository, [...new Map(signed.map((target) => [target.digest, target])).values()], { signal });
}

/** Who may not read the other repository sends the blob. */
async function mount(
  repository: RemoteRepository,
  blob: Descriptor,
  from: string,
  options: CallOptions,
): Promise<boolean> {
  try {
    return await repository.mount(blob, from, options);
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'ERR_TSBUILD_REGISTRY_DENIED') return false;
    throw error;
  }
}
