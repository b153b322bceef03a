import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ByteStream, type Descriptor, type Digest, digestHex } from '@tsbuild/core';
import type { AssembledImage } from '../image/assemble.ts';
import { layerForm } from '../image/layer-forms.ts';
import type { ImageOutputOptions } from '../options.ts';
import { blobOf, type ChainLayer } from '../solve/chain.ts';
import { type ExportContext, openLayer, writeFailed } from './export-context.ts';
import { describeSet } from './export-set.ts';
import { dockerManifest, layoutFile, layoutIndex } from './oci-layout.ts';
import { createTarFile, type TarEntry, type TarFile } from './tar-file.ts';

/** Where an archive goes; one of type `docker` is read by `docker load` of any version as well. */
export interface ArchiveOptions extends ImageOutputOptions {
  readonly type: 'oci' | 'docker';
  readonly dest: string;
}

/** Writes an archive, which appears under its name when it is complete, and describes the image or index in it. */
export async function exportArchive(
  images: readonly AssembledImage[],
  options: ArchiveOptions,
  context: ExportContext,
): Promise<Descriptor> {
  const { dest } = options;
  const partial = join(dirname(dest), `.${basename(dest)}.${process.pid}.partial`);
  try {
    const descriptor = await writeArchive(images, options, partial, context);
    await rename(partial, dest);
    return descriptor;
  } catch (error) {
    await rm(partial, { force: true });
    throw writeFailed(dest, error, context);
  }
}

/** Layers come first, each written while it is compressed. The order is the same for layers that are known already. */
async function writeArchive(
  images: readonly AssembledImage[],
  options: ArchiveOptions,
  path: string,
  context: ExportContext,
): Promise<Descriptor> {
  await using tar = await createTarFile(path);
  const layers: Descriptor[][] = [];
  const written = new Set<Digest>();
  for (const { chain } of images) {
    const forms: Descriptor[] = [];
    for (const layer of chain) forms.push(await addLayer(tar, layer, written, options, context));
    layers.push(forms);
  }
  const exported = describeSet(images, layers, options, context);
  for (const blob of exported.blobs)
    if (!written.has(blob.digest)) await addBlob(tar.entry(), blob, await exported.target.fetch(blob), context);
  await addText(tar, 'oci-layout', layoutFile());
  await addText(tar, 'index.json', layoutIndex(exported.descriptor, context.tags));
  const [image] = exported.images;
  if (options.type === 'docker' && image !== undefined)
    await addText(tar, 'manifest.json', dockerManifest(image, context.tags));
  await tar.finish();
  return exported.descriptor;
}

async function addLayer(
  tar: TarFile,
  layer: ChainLayer,
  written: Set<Digest>,
  options: ArchiveOptions,
  context: ExportContext,
): Promise<Descriptor> {
  const entry = tar.entry();
  const form = await layerForm(layer, options, context, (bytes) => entry.write(bytes));
  if (entry.size > 0) await endBlob(entry, form, context);
  else if (!written.has(form.digest)) {
    const base = blobOf(layer)?.digest === form.digest ? layer : undefined;
    await addBlob(entry, form, await openLayer(form, base, context, context.signal), context);
  }
  written.add(form.digest);
  return form;
}

async function addBlob(entry: TarEntry, blob: Descriptor, content: ByteStream, context: ExportContext): Promise<void> {
  const { reporter, step, signal } = context;
  for await (const bytes of content) {
    signal?.throwIfAborted();
    await entry.write(bytes);
    if (entry.size < blob.size) reporter.progress(step, blob.digest, entry.size, blob.size);
  }
  await endBlob(entry, blob, context);
}

async function endBlob(entry: TarEntry, { digest, size }: Descriptor, context: ExportContext): Promise<void> {
  await entry.end(`blobs/sha256/${digestHex(digest)}`);
  context.reporter.progress(context.step, digest, size, size);
}

async function addText(tar: TarFile, name: string, text: string): Promise<void> {
  const entry = tar.entry();
  await entry.write(Buffer.from(text));
  await entry.end(name);
}
