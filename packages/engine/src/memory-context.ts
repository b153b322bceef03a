import type { MemoryFile as TreeFile } from '@tsbuild/layer';
import type { MemoryFile } from './options.ts';

/** Files of an in-memory context as a tree takes them, in code-unit order of their paths. */
export function memoryFiles(files: Readonly<Record<string, MemoryFile>>): TreeFile[] {
  return Object.keys(files)
    .sort()
    .map((path) => toTreeFile(path, files[path] ?? ''));
}

function toTreeFile(path: string, file: MemoryFile): TreeFile {
  if (typeof file === 'string' || file instanceof Uint8Array) return { path, content: file };
  if ('content' in file) return { path, ...file };
  if ('symlink' in file) return { path, symlink: file.symlink };
  return { path, directory: true, ...(file.mode === undefined ? {} : { mode: file.mode }) };
}
