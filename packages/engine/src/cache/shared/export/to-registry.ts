import { formatReference, parseReference } from '@tsbuild/core';
import { copyImage } from '@tsbuild/registry';
import type { ExportContext } from '../../../export/export-context.ts';
import { pushedTo, rememberPushed } from '../../../export/pushed-blobs.ts';
import { createArtifact } from './cache-artifact.ts';
import type { CacheContent } from './cache-content.ts';

/**
 * Pushes a cache. Blobs that the registry has are not sent; those that the image has just brought to another of its
 * repositories are mounted. The tag moves last, at once: of two exporters the later one wins.
 */
export async function exportToRegistry(content: CacheContent, ref: string, context: ExportContext): Promise<void> {
  const { registry, reporter, step, signal, store } = context;
  const reference = parseReference(ref);
  const repository = (await registry()).repository(reference);
  const artifact = createArtifact(content, context);
  await copyImage(artifact.target, repository, artifact.descriptor, {
    tags: [reference.tag ?? 'latest'],
    signal,
    onProgress: ({ descriptor, current }) =>
      reporter.progress(step, `${formatReference(reference)}@${descriptor.digest}`, current, descriptor.size),
    async mount(blob, options) {
      const origin = artifact.layerOf(blob)?.remote?.origin;
      const known = origin?.registry === reference.registry ? origin.repository : undefined;
      const from = known ?? (await pushedTo(store.records, blob, reference));
      return from !== undefined && from !== reference.repository && (await repository.mount(blob, from, options));
    },
  });
  await rememberPushed(store.records, [...content.layers.values()], reference, new Set());
}
