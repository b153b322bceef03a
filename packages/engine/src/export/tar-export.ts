import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HashTap, type Ingest, joinPath, type LayerWriter, type TreeEntry } from '@tsbuild/core';
import { createLayerWriter } from '@tsbuild/layer';
import type { AssembledImage } from '../image/assemble.ts';
import { hasBytes, writeContent } from '../image/rewrite-times.ts';
import type { TarOutput } from '../options.ts';
import { type ExportContext, writeFailed } from './export-context.ts';
import { type RootPart, rootParts } from './root-parts.ts';

/** Writes the files of the images as one tar, with their owners, devices and attributes. It appears when it is complete. */
export async function exportTar(
  images: readonly AssembledImage[],
  { dest, platformSplit }: TarOutput,
  context: ExportContext,
): Promise<void> {
  const parts = await rootParts(images, platformSplit, context);
  const partial = join(dirname(dest), `.${basename(dest)}.${process.pid}.partial`);
  try {
    await using ingest = await fileIngest(partial);
    const writer = createLayerWriter(ingest);
    const folders = new Set<string>();
    for (const part of parts) await addPart(part, writer, folders, context);
    await writer.finish();
    await rename(partial, dest);
  } catch (error) {
    await rm(partial, { force: true });
    throw writeFailed(dest, error, context);
  }
}

async function addPart(
  { tree, folder, entries }: RootPart,
  writer: LayerWriter,
  folders: Set<string>,
  { signal }: ExportContext,
): Promise<void> {
  if (folder !== '') await writer.add({ ...PLATFORM_FOLDER, path: folder });
  const files = entries.filter(hasBytes).map(({ path }) => path);
  const chunks = tree.readMany(files, { signal })[Symbol.asyncIterator]();
  try {
    for (const entry of entries) {
      const place = placed(entry, folder);
      // Platforms that share a folder may have the same directories.
      if (folders.has(place.path)) continue;
      if (entry.type === 'directory') folders.add(place.path);
      await writer.add({ ...entry, ...place });
      if (hasBytes(entry)) await writeContent(chunks, writer);
    }
  } finally {
    await chunks.return?.();
  }
}

function placed({ path, hardlink }: TreeEntry, folder: string): Pick<TreeEntry, 'path' | 'hardlink'> {
  const moved = { path: joinPath(folder, path) };
  return hardlink === undefined ? moved : { ...moved, hardlink: joinPath(folder, hardlink) };
}

const PLATFORM_FOLDER = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;

/** A file in the place of a blob: nothing names it by its digest. */
async function fileIngest(path: string): Promise<Ingest> {
  const file = await open(path, 'w');
  const tap = new HashTap();
  return {
    async write(bytes) {
      tap.update(bytes);
      await writeWhole(file, bytes);
    },
    async commit() {
      return { digest: tap.digest(), size: tap.size };
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await file.write(bytes, at)).bytesWritten;
}
