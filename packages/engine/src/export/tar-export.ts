import { type FileHandle, open } from 'node:fs/promises';
import { type Digest, digestOf, HashTap, type Ingest, joinPath, type LayerWriter, type TreeEntry } from '@tsbuild/core';
import { createLayerWriter } from '@tsbuild/layer';
import type { AssembledImage } from '../image/assemble.ts';
import { hasBytes, writeContent } from '../image/rewrite-times.ts';
import type { TarOutput } from '../options.ts';
import type { ExportContext } from './export-context.ts';
import { isPlaced, placeOutput } from './output-file.ts';
import { type RootPart, rootParts } from './root-parts.ts';

/**
 * Writes the files of the images as one tar, with their owners, devices and attributes. It appears when it is complete; the same tar,
 * where it is already, is left as it is.
 */
export async function exportTar(
  images: readonly AssembledImage[],
  options: TarOutput,
  context: ExportContext,
): Promise<void> {
  const { dest } = options;
  const content = contentOf(images, options, context);
  if (await isPlaced(dest, content, context)) return;
  const parts = await rootParts(images, options.platformSplit, context);
  const write = (path: string) => writeParts(parts, path, context);
  await placeOutput({ dest, write, contentOf: () => content }, context);
}

/** The configs name the layers. */
function contentOf(
  images: readonly AssembledImage[],
  { platformSplit = images.length > 1 }: TarOutput,
  { attestationsOf }: ExportContext,
): Digest {
  const parts = images.map((image) => [image.configDescriptor.digest, attestationsOf?.(image) ?? null]);
  return digestOf(JSON.stringify(['tar/v1', platformSplit, parts]));
}

async function writeParts(parts: readonly RootPart[], path: string, context: ExportContext): Promise<void> {
  await using ingest = await fileIngest(path);
  const writer = createLayerWriter(ingest);
  const folders = new Set<string>();
  for (const part of parts) await addPart(part, writer, folders, context);
  await writer.finish();
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
