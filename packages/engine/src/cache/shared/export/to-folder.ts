import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Descriptor, digestHex, isDigest } from '@tsbuild/core';
import { type ExportContext, writeFailed } from '../../../export/export-context.ts';
import { layoutFile } from '../../../export/oci-layout.ts';
import { type CacheArtifact, createArtifact } from './cache-artifact.ts';
import type { CacheContent } from './cache-content.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * Writes a cache as one entry of an OCI layout folder; other entries stay. What the entry named before, and nothing
 * names now, is removed: the folder does not grow for ever. Of two exporters the later one wins.
 */
export async function exportToFolder(
  content: CacheContent,
  dest: string,
  tag: string,
  context: ExportContext,
): Promise<void> {
  try {
    const artifact = createArtifact(content, context);
    await mkdir(join(dest, 'blobs', 'sha256'), { recursive: true });
    for (const blob of artifact.blobs) await writeBlob(artifact, blob, dest, context);
    await replaceFile(join(dest, 'oci-layout'), layoutFile());
    const before = await readEntries(dest);
    const others = before.filter(({ annotations }) => annotations?.[REF_NAME] !== tag);
    const manifests = [...others, { ...artifact.descriptor, annotations: { [REF_NAME]: tag } }];
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    await replaceFile(join(dest, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
    await removeUnnamed(before, manifests, dest);
  } catch (error) {
    throw writeFailed(dest, error, context);
  }
}

function blobPath(dest: string, { digest }: Descriptor): string {
  return join(dest, 'blobs', 'sha256', digestHex(digest));
}

async function writeBlob(
  { target }: CacheArtifact,
  blob: Descriptor,
  dest: string,
  { signal, reporter, step }: ExportContext,
): Promise<void> {
  const path = blobPath(dest, blob);
  if ((await stat(path).catch(() => undefined))?.size === blob.size) return;
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(await target.fetch(blob, { signal }), createWriteStream(partial));
    await rename(partial, path);
    reporter.progress(step, blob.digest, blob.size, blob.size);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, text);
  await rename(partial, path);
}

async function readEntries(dest: string): Promise<Descriptor[]> {
  try {
    const { manifests } = JSON.parse(await readFile(join(dest, 'index.json'), 'utf8'));
    return Array.isArray(manifests) ? manifests.filter((entry) => isDigest(entry?.digest)) : [];
  } catch {
    return [];
  }
}

async function removeUnnamed(before: readonly Descriptor[], after: readonly Descriptor[], dest: string): Promise<void> {
  const kept = new Set<string>();
  for (const entry of after) {
    const named = await namedBy(entry, dest);
    // What cannot be read may name anything.
    if (named === undefined) return;
    for (const { digest } of named) kept.add(digest);
  }
  const gone = (await Promise.all(before.map((entry) => namedBy(entry, dest)))).flatMap((named) => named ?? []);
  for (const blob of gone) if (!kept.has(blob.digest)) await rm(blobPath(dest, blob), { force: true });
}

/** The blobs of a manifest, itself included. */
async function namedBy(entry: Descriptor, dest: string): Promise<Descriptor[] | undefined> {
  try {
    const { config, layers } = JSON.parse(await readFile(blobPath(dest, entry), 'utf8'));
    const named = [config, ...layers];
    return named.every((blob) => isDigest(blob?.digest)) ? [entry, ...named] : undefined;
  } catch {
    return undefined;
  }
}
