import { formatReference, parseReference, type Reference, UsageError } from '@tsbuild/core';
import { copyImage } from '@tsbuild/registry';
import type { ExportContext } from './export-context.ts';
import type { ExportSet } from './export-set.ts';

/** Pushes under every name. Layers that the registry has are not sent; those of a base on the same registry are mounted. */
export async function exportToRegistry(
  exported: ExportSet,
  names: readonly string[],
  context: ExportContext,
): Promise<void> {
  if (names.length === 0)
    throw new UsageError('a push needs a tag', { hint: 'name the image with -t NAME or name=NAME' });
  for (const name of names) await pushTo(exported, parseReference(name), context);
}

async function pushTo(
  exported: ExportSet,
  reference: Reference,
  { registry, reporter, step, signal }: ExportContext,
): Promise<void> {
  const repository = (await registry()).repository(reference);
  await copyImage(exported.target, repository, exported.descriptor, {
    tags: [reference.tag ?? 'latest'],
    signal,
    onProgress: ({ descriptor, current }) =>
      reporter.progress(step, `${formatReference(reference)}@${descriptor.digest}`, current, descriptor.size),
    async mount(blob, options) {
      const origin = exported.baseOf(blob)?.base?.origin;
      if (origin?.registry !== reference.registry || origin.repository === reference.repository) return false;
      return repository.mount(blob, origin.repository, options);
    },
  });
}
