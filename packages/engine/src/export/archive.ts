import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Descriptor, digestHex } from '@tsbuild/core';
import { type ExportContext, type ExportImage, writeFailed } from './export-context.ts';
import { dockerManifest, imageBlobs, layoutFile, layoutIndex } from './oci-layout.ts';
import { createTarFile, type TarFile } from './tar-file.ts';

/**
 * Writes an OCI archive, or with `isDocker` one that `docker load` of any version reads as well. The file appears under
 * its name when it is complete.
 */
export async function exportArchive(
  exported: ExportImage,
  dest: string,
  isDocker: boolean,
  context: ExportContext,
): Promise<void> {
  const partial = join(dirname(dest), `.${basename(dest)}.${process.pid}.partial`);
  try {
    await writeArchive(exported, partial, isDocker, context);
    await rename(partial, dest);
  } catch (error) {
    await rm(partial, { force: true });
    throw writeFailed(dest, error, context);
  }
}

async function writeArchive(
  exported: ExportImage,
  path: string,
  isDocker: boolean,
  context: ExportContext,
): Promise<void> {
  const { tags } = context;
  await using tar = await createTarFile(path);
  await addText(tar, 'oci-layout', layoutFile());
  await addText(tar, 'index.json', layoutIndex(exported.descriptor, tags));
  if (isDocker) await addText(tar, 'manifest.json', dockerManifest(exported, tags));
  for (const blob of imageBlobs(exported)) await addBlob(tar, exported, blob, context);
  await tar.finish();
}

async function addText(tar: TarFile, name: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  await tar.entry(name, bytes.byteLength);
  await tar.write(bytes);
}

async function addBlob(tar: TarFile, { target }: ExportImage, blob: Descriptor, context: ExportContext): Promise<void> {
  const { reporter, step, signal } = context;
  await tar.entry(`blobs/sha256/${digestHex(blob.digest)}`, blob.size);
  let current = 0;
  for await (const bytes of await target.fetch(blob, { signal })) {
    signal?.throwIfAborted();
    await tar.write(bytes);
    current += bytes.byteLength;
    reporter.progress(step, blob.digest, current, blob.size);
  }
}
