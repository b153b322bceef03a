import { type Descriptor, formatReference, NotFoundError, parseReference } from '@tsbuild/core';
import type { ExportContext } from './export-context.ts';
import type { ExportSet } from './export-set.ts';

/** Keeps the image in the store under every name. Writes nothing when it is there already. */
export async function exportToStore(
  exported: ExportSet,
  names: readonly string[],
  { store, layers, signal }: ExportContext,
): Promise<void> {
  for (const { image } of exported.images)
    for (const layer of image.chain) if (layer.base !== undefined) await layers.fetchBlob(layer, signal);
  for (const blob of exported.blobs) {
    if (await store.blobs.exists(blob)) continue;
    await store.blobs.push(blob, await exported.target.fetch(blob, { signal }), { signal });
  }
  for (const name of names) {
    const reference = formatReference(parseReference(name));
    if ((await current(store.references, reference))?.digest !== exported.descriptor.digest)
      await store.references.tag(exported.descriptor, reference);
  }
}

async function current(
  references: ExportContext['store']['references'],
  reference: string,
): Promise<Descriptor | undefined> {
  return references.resolve(reference).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
}
