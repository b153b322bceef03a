import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Descriptor, digestHex, systemErrorCode } from '@tsbuild/core';
import { type ExportContext, writeFailed } from './export-context.ts';
import type { ExportSet } from './export-set.ts';
import { layoutEntries, layoutFile } from './oci-layout.ts';

/** Writes an OCI layout folder. Blobs that are there are left alone, and so are images with other names in its index. */
export async function exportFolder(exported: ExportSet, dest: string, context: ExportContext): Promise<void> {
  try {
    for (const folder of [dest, join(dest, 'blobs'), join(dest, 'blobs', 'sha256')]) await makeFolder(folder);
    for (const blob of exported.blobs) await writeBlob(exported, blob, dest, context);
    await replaceFile(join(dest, 'oci-layout'), layoutFile());
    await replaceFile(join(dest, 'index.json'), await mergedIndex(dest, exported.descriptor, context.tags));
  } catch (error) {
    throw writeFailed(dest, error, context);
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  });
}

async function writeBlob(
  { target }: ExportSet,
  blob: Descriptor,
  dest: string,
  { signal }: ExportContext,
): Promise<void> {
  const path = join(dest, 'blobs', 'sha256', digestHex(blob.digest));
  const existing = await stat(path).catch(() => undefined);
  if (existing?.size === blob.size) return;
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(await target.fetch(blob, { signal }), createWriteStream(partial));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function mergedIndex(dest: string, descriptor: Descriptor, tags: readonly string[]): Promise<string> {
  const entries = layoutEntries(descriptor, tags);
  const names = new Set(entries.map(nameOf));
  const others = (await readEntries(dest)).filter(
    (entry) => !names.has(nameOf(entry)) && !(nameOf(entry) === undefined && entry.digest === descriptor.digest),
  );
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [...others, ...entries],
  });
}

function nameOf({ annotations }: Descriptor): string | undefined {
  return annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name'];
}

/** What the folder's index lists so far; a folder that is no layout lists nothing. */
async function readEntries(dest: string): Promise<Descriptor[]> {
  try {
    const { manifests } = JSON.parse(await readFile(join(dest, 'index.json'), 'utf8'));
    return Array.isArray(manifests) ? manifests : [];
  } catch {
    return [];
  }
}

/** Writes nothing when the file says so already. */
async function replaceFile(path: string, text: string): Promise<void> {
  const existing = await readFile(path, 'utf8').catch(() => undefined);
  if (existing === text) return;
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, text);
  await rename(partial, path);
}
