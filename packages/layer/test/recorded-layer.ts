import type { FileTree, LayerEntry, LayerWriter, WrittenLayer } from '@tsbuild/core';
import { writeCopy } from '../src/ops/copy.ts';
import type { MemoryFile } from '../src/ops/memory-file.ts';
import { type MemoryTree, memoryTree } from '../src/ops/memory-tree.ts';
import { parseModeChange } from '../src/ops/mode-change.ts';
import { resolveOwner } from '../src/ops/owner.ts';
import { selectSources } from '../src/ops/select.ts';

type FileSpec = string | Omit<MemoryFile, 'path'>;

/** A tree by path: a text is the content of a file, a path with a final slash is a directory. */
export function treeOf(files: Readonly<Record<string, FileSpec>>): MemoryTree {
  return memoryTree(
    Object.entries(files).map(([path, spec]) => ({
      path,
      ...(path.endsWith('/') ? { directory: true } : {}),
      ...(typeof spec === 'string' ? { content: spec } : spec),
    })),
  );
}

/** Entries as text, in the order in which they were written, each as `type mode uid:gid path`. */
export class RecordedLayer implements LayerWriter {
  readonly entries: LayerEntry[] = [];
  readonly #contents = new Map<string, Buffer[]>();

  add(entry: LayerEntry): void {
    this.entries.push(entry);
    this.#contents.set(entry.path, []);
  }

  content(bytes: Uint8Array): void {
    this.#contents.get(this.entries.at(-1)?.path ?? '')?.push(Buffer.from(bytes));
  }

  async finish(): Promise<WrittenLayer> {
    throw new Error('whoever made the writer finishes it');
  }

  get lines(): string[] {
    return this.entries.map((entry) => this.#line(entry));
  }

  #line(entry: LayerEntry): string {
    if (entry.type === 'whiteout') return `whiteout ${entry.path}`;
    const start = `${entry.type} ${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${entry.path}`;
    if (entry.hardlink !== undefined) return `${start} == ${entry.hardlink}`;
    if (entry.linkTarget !== undefined) return `${start} -> ${entry.linkTarget}`;
    if (entry.device !== undefined) return `${start} ${entry.device.major},${entry.device.minor}`;
    if (entry.opaque === true) return `${start} opaque`;
    return entry.type === 'file' ? `${start} = ${Buffer.concat(this.#contents.get(entry.path) ?? [])}` : start;
  }
}

export interface CopyOptions {
  readonly from?: FileTree;
  readonly onto?: FileTree;
  readonly workdir?: string;
  readonly chown?: string;
  readonly chmod?: string;
  readonly link?: boolean;
  readonly parents?: boolean;
  readonly excludes?: readonly string[];
  readonly unpack?: boolean;
}

/** Does what `COPY sources… target` does. */
export async function copyLayer(
  sources: readonly string[],
  target: string,
  options: CopyOptions,
): Promise<RecordedLayer> {
  const { from = treeOf({}), onto = treeOf({}), workdir = '/', chown, chmod, link = false, unpack = false } = options;
  const { parents = false, excludes = [] } = options;
  const layer = new RecordedLayer();
  await writeCopy(layer, {
    sources: [{ selection: selectSources(from, { sources, parents, excludes }), unpack }],
    destination: onto,
    target,
    workdir,
    owner: chown === undefined ? undefined : await resolveOwner(chown, link ? undefined : onto),
    chmod: chmod === undefined ? undefined : parseModeChange(chmod),
    link,
    createdTime: 1000,
  });
  return layer;
}

/** As {@link copyLayer}, as lines. */
export async function copy(sources: readonly string[], target: string, options: CopyOptions): Promise<string[]> {
  return (await copyLayer(sources, target, options)).lines;
}
