import { baseName, type FileTree, joinPath, parentPath } from '@tsbuild/core';

/** What a file of the tree tells of. */
export type MetadataKind = 'dpkg' | 'apk' | 'npm' | 'npm-lock' | 'python';

export interface MetadataFile {
  readonly path: string;
  readonly kind: MetadataKind;
}

const FIXED: ReadonlyMap<string, MetadataKind> = new Map([
  ['var/lib/dpkg/status', 'dpkg'],
  ['lib/apk/db/installed', 'apk'],
  ['usr/lib/apk/db/installed', 'apk'],
]);

/** Directories of the kernel's: nothing is installed there. */
const SKIPPED = new Set(['proc', 'sys', 'dev']);

/** Walks a whole tree, in the order of paths; symlinks are not followed. */
export function* metadataFiles(tree: Pick<FileTree, 'list' | 'lookup'>): Generator<MetadataFile> {
  const pending = [''];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const names = tree.list(directory);
    const below: string[] = [];
    for (const name of names) {
      const path = joinPath(directory, name);
      if (SKIPPED.has(path)) continue;
      const entry = tree.lookup(path);
      if (entry?.type === 'directory') below.push(path);
      const kind = entry?.type === 'file' ? kindOf(path, tree) : undefined;
      if (kind !== undefined) yield { path, kind };
    }
    for (const path of below.reverse()) pending.push(path);
  }
}

function kindOf(path: string, tree: Pick<FileTree, 'lookup'>): MetadataKind | undefined {
  const fixed = FIXED.get(path);
  if (fixed !== undefined) return fixed;
  const directory = parentPath(path);
  const name = baseName(path);
  if (name === 'package.json') return isInstalled(directory) ? 'npm' : undefined;
  if (name === 'package-lock.json') return hasInstalled(directory, tree) ? undefined : 'npm-lock';
  if (isPython(name, baseName(directory))) return 'python';
  return directory === 'var/lib/dpkg/status.d' && !name.endsWith('.md5sums') ? 'dpkg' : undefined;
}

/** `node_modules/name` or `node_modules/@scope/name`. */
function isInstalled(directory: string): boolean {
  const above = parentPath(directory);
  const folder = baseName(above).startsWith('@') ? parentPath(above) : above;
  return baseName(folder) === 'node_modules' && !baseName(directory).startsWith('.');
}

/** A lock counts where nothing is installed beside it: else what is installed is the truth. */
function hasInstalled(directory: string, tree: Pick<FileTree, 'lookup'>): boolean {
  if (baseName(directory) === 'node_modules' || `/${directory}/`.includes('/node_modules/')) return true;
  return tree.lookup(joinPath(directory, 'node_modules')) !== undefined;
}

function isPython(name: string, directory: string): boolean {
  if (name === 'METADATA') return directory.endsWith('.dist-info');
  if (name === 'PKG-INFO') return directory.endsWith('.egg-info');
  return name.endsWith('.egg-info');
}
