import { posix } from 'node:path';
import {
  baseName,
  type Digest,
  digestOf,
  type FileChunk,
  type FileTree,
  NotFoundError,
  parentPath,
  type TreeEntry,
} from '@tsbuild/core';
import type { MemoryFile } from './memory-file.ts';

/** A tree whose files are in memory. */
export interface MemoryTree extends FileTree {
  /** Digests of files. @throws {NotFoundError} */
  digests(paths: readonly string[]): Promise<ReadonlyMap<string, Digest>>;
}

interface MemoryNode {
  readonly entry: TreeEntry;
  readonly content: Uint8Array;
  readonly names: Set<string>;
}

const NO_BYTES = new Uint8Array();

/** A tree of the given files, for heredocs, downloads and contexts made in code. A later file replaces an earlier one of its path. */
export function memoryTree(files: readonly MemoryFile[]): MemoryTree {
  const nodes = new Map<string, MemoryNode>([['', directoryNode('')]]);
  for (const file of files) addFile(nodes, file);
  const contentOf = (path: string): Uint8Array => fileContent(nodes, path);
  return {
    lookup: (path) => nodes.get(path)?.entry,
    list: (path) => [...(nodes.get(path)?.names ?? [])].sort(),
    async *readMany(paths): AsyncGenerator<FileChunk> {
      for (const path of paths) yield { path, bytes: contentOf(path), last: true };
    },
    digests: async (paths) => new Map(paths.map((path) => [path, digestOf(contentOf(path))])),
  };
}

function addFile(nodes: Map<string, MemoryNode>, file: MemoryFile): void {
  const path = cleanPath(file.path);
  if (path !== '') addName(nodes, path);
  const names = nodes.get(path)?.names ?? new Set<string>();
  const linked = file.hardlink === undefined ? undefined : nodes.get(cleanPath(file.hardlink));
  nodes.set(path, linked === undefined ? makeNode(path, file, names) : linkNode(path, linked));
}

/** Lists the path in its parent, which is made if need be. */
function addName(nodes: Map<string, MemoryNode>, path: string): void {
  const parent = parentPath(path);
  if (!nodes.has(parent)) {
    addName(nodes, parent);
    nodes.set(parent, directoryNode(parent));
  }
  nodes.get(parent)?.names.add(baseName(path));
}

function makeNode(path: string, file: MemoryFile, names: Set<string>): MemoryNode {
  const { mode, uid = 0, gid = 0, mtime = 0, device, symlink, xattrs } = file;
  const type = typeOf(file);
  const content = typeof file.content === 'string' ? Buffer.from(file.content, 'utf8') : (file.content ?? NO_BYTES);
  const entry: TreeEntry = {
    path,
    type,
    mode: mode ?? defaultMode(type),
    uid,
    gid,
    mtime,
    size: content.byteLength,
    ...(symlink === undefined ? {} : { linkTarget: symlink }),
    ...(device === undefined ? {} : { device: { major: device.major, minor: device.minor } }),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
  return { entry, content, names };
}

function linkNode(path: string, { entry, content, names }: MemoryNode): MemoryNode {
  return { entry: { ...entry, path, hardlink: entry.hardlink ?? entry.path }, content, names };
}

function directoryNode(path: string): MemoryNode {
  return makeNode(path, { path, directory: true }, new Set());
}

function typeOf(file: MemoryFile): TreeEntry['type'] {
  if (file.symlink !== undefined) return 'symlink';
  if (file.directory === true) return 'directory';
  if (file.fifo === true) return 'fifo';
  return file.device?.type ?? 'file';
}

function defaultMode(type: TreeEntry['type']): number {
  if (type === 'symlink') return 0o777;
  return type === 'directory' ? 0o755 : 0o644;
}

function fileContent(nodes: ReadonlyMap<string, MemoryNode>, path: string): Uint8Array {
  const node = nodes.get(path);
  if (node?.entry.type !== 'file') throw new NotFoundError(`no file ${JSON.stringify(path)}`);
  return node.content;
}

function cleanPath(path: string): string {
  return posix.join('/', path, '.').replace(/^\/|\/$/g, '');
}
