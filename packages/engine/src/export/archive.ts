import { type ByteStream, type Descriptor, type Digest, digestHex, digestOf } from '@tsbuild/core';
import type { AssembledImage } from '../image/assemble.ts';
import { layerForm } from '../image/layer-forms.ts';
import type { ImageOutputOptions } from '../options.ts';
import { blobOf, type ChainLayer } from '../solve/chain.ts';
import { type ExportContext, openLayer } from './export-context.ts';
import { describeSet, type ExportSet, readySet } from './export-set.ts';
import { dockerManifest, layoutFile, layoutIndex } from './oci-layout.ts';
import { isPlaced, placeOutput } from './output-file.ts';
import { createTarFile, type TarEntry, type TarFile } from './tar-file.ts';

/** Where an archive goes; one of type `docker` is read by `docker load` of any version as well. */
export interface ArchiveOptions extends ImageOutputOptions {
  readonly type: 'oci' | 'docker';
  readonly dest: string;
}

/**
 * Writes an archive, which appears under its name when it is complete, and describes the image or index in it. The same archive, where
 * it is already, is left as it is.
 */
export async function exportArchive(
  images: readonly AssembledImage[],
  options: ArchiveOptions,
  context: ExportContext,
): Promise<Descriptor> {
  const { dest } = options;
  const contentOf = (set: ExportSet) => identityOf(lastFiles(set, options, context));
  const ready = await readySet(images, options, context);
  if (ready !== undefined && (await isPlaced(dest, contentOf(ready), context))) return ready.descriptor;
  const write = (path: string) => writeArchive(images, options, path, context);
  const { descriptor } = await placeOutput({ dest, write, contentOf }, context);
  return descriptor;
}

/** Layers come first, each written while it is compressed. The order is the same for layers that are known already. */
async function writeArchive(
  images: readonly AssembledImage[],
  options: ArchiveOptions,
  path: string,
  context: ExportContext,
): Promise<ExportSet> {
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
  for (const { name, text } of lastFiles(exported, options, context)) await addText(tar, name, text);
  await tar.finish();
  return exported;
}

interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** What comes behind the blobs; it names them all. */
function lastFiles(exported: ExportSet, { type }: ArchiveOptions, { tags }: ExportContext): TextFile[] {
  const files = [
    { name: 'oci-layout', text: layoutFile() },
    { name: 'index.json', text: layoutIndex(exported.descriptor, tags) },
  ];
  const [image] = exported.images;
  if (type !== 'docker' || image === undefined) return files;
  return [...files, { name: 'manifest.json', text: dockerManifest(image, tags) }];
}

/** What an archive is made of, and how. */
function identityOf(files: readonly TextFile[]): Digest {
  return digestOf(JSON.stringify(['archive/v1', files]));
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
