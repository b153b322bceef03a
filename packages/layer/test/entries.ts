import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerEntry, LayerWriter, TreeEntry, WrittenLayer } from '@tsbuild/core';
import { createLayerWriter } from '../src/layer-writer.ts';
import { type LayerTree, openLayerTree } from '../src/tree/layer-tree.ts';
import { MemoryIngest } from './memory-ingest.ts';

const PLAIN = { mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0 };

/** A file with its contents. */
export interface FileEntry {
  readonly entry: TreeEntry;
  readonly content: Buffer;
}

export function file(path: string, content: string | Buffer = '', more: Partial<TreeEntry> = {}): FileEntry {
  const bytes = Buffer.from(content);
  return { entry: { path, type: 'file', ...PLAIN, size: bytes.length, ...more }, content: bytes };
}

export function directory(path: string, more: Partial<TreeEntry> & { opaque?: boolean } = {}): LayerEntry {
  return { path, type: 'directory', ...PLAIN, mode: 0o755, ...more };
}

export function symlink(path: string, linkTarget: string): LayerEntry {
  return { path, type: 'symlink', ...PLAIN, mode: 0o777, linkTarget };
}

export function hardlink(path: string, target: string, more: Partial<TreeEntry> = {}): LayerEntry {
  return { path, type: 'file', ...PLAIN, hardlink: target, ...more };
}

export function whiteout(path: string): LayerEntry {
  return { path, type: 'whiteout' };
}

export async function addAll(writer: LayerWriter, items: readonly (LayerEntry | FileEntry)[]): Promise<void> {
  for (const item of items) {
    if ('entry' in item) {
      await writer.add(item.entry);
      if (item.content.length > 0) await writer.content(item.content);
    } else {
      await writer.add(item);
    }
  }
}

/** Writes entries to a tar in memory. */
export async function writeLayer(
  items: readonly (LayerEntry | FileEntry)[],
  options?: Parameters<typeof createLayerWriter>[1],
): Promise<{ layer: WrittenLayer; tar: Buffer }> {
  const ingest = new MemoryIngest();
  const writer = createLayerWriter(ingest, options);
  await addAll(writer, items);
  return { layer: await writer.finish(), tar: ingest.bytes };
}

/** Writes entries to a tar in `folder` and opens the tree of them. */
export async function layerTree(
  folder: string,
  name: string,
  items: readonly (LayerEntry | FileEntry)[],
): Promise<LayerTree> {
  const { layer, tar } = await writeLayer(items);
  const path = join(folder, name);
  await writeFile(path, tar);
  return openLayerTree(layer.index, path);
}
