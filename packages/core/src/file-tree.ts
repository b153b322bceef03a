import type { Digest } from './digest.ts';

/** What stands under a name; hard links are files that share a group. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'char' | 'block' | 'fifo';

/** One name in a root file system. Paths have no leading or trailing slash; the root is `''`. */
export interface TreeEntry {
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky: `0o7777` at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file, 0 for everything else. */
  readonly size: number;
  /** Seconds since 1970, possibly with a fraction. */
  readonly mtime: number;
  /** Target of a symlink, exactly as stored. */
  readonly linkTarget?: string;
  /** The entry is a further name of this file; the one named here has none of its own. */
  readonly hardlink?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
  /** Digest of a file's content where it is known without reading it. */
  readonly digest?: Digest;
}

/** A piece of a file. Files come one after the other; an empty file is one chunk of no bytes. */
export interface FileChunk {
  readonly path: string;
  /** Valid until the next chunk is asked for. */
  readonly bytes: Uint8Array;
  /** No more of this file follows. */
  readonly last: boolean;
}

/** Read-only view of a root file system. Lookups are synchronous, over an index; contents are asynchronous. */
export interface FileTree {
  /** The entry with exactly this path, its last component and parents not followed if they are symlinks. */
  lookup(path: string): TreeEntry | undefined;
  /** Names in a directory, in code-unit order; none when `path` is no directory. */
  list(path: string): readonly string[];
  /**
   * Streams the contents of files (hardlinks: of the file they name) in the order of `paths`.
   * @throws {NotFoundError} when a path is no file.
   */
  readMany(paths: Iterable<string>, options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<FileChunk>;
}

/** As many symlinks as Linux follows in one lookup. */
const MAX_SYMLINKS = 40;

/** What following a path comes to. */
export interface ResolvedPath {
  /** Where the path leads: symlinks followed, within the root; parts that do not exist are kept as written. */
  readonly path: string;
  /** What is there, or undefined when it does not exist. */
  readonly entry: TreeEntry | undefined;
  /** The symlinks form a loop; `path` is where following them stopped. */
  readonly isLoop: boolean;
}

/**
 * Follows symlinks in every component, absolute ones and `..` from the tree's root and never out of it.
 * With `followLast: false` a symlink as the last component is the result.
 */
export function resolvePath(
  tree: Pick<FileTree, 'lookup'>,
  path: string,
  options: { readonly followLast?: boolean } = {},
): ResolvedPath {
  const pending = path.split('/').reverse();
  let current = '';
  let links = 0;
  while (pending.length > 0) {
    const name = pending.pop() ?? '';
    if (name === '' || name === '.') continue;
    if (name === '..') {
      current = parentPath(current);
      continue;
    }
    const next = joinPath(current, name);
    const entry = tree.lookup(next);
    const isLast = pending.every((rest) => rest === '' || rest === '.');
    if (entry?.type !== 'symlink' || (isLast && options.followLast === false)) {
      current = next;
      continue;
    }
    links += 1;
    if (links > MAX_SYMLINKS) return { path: next, entry, isLoop: true };
    const target = entry.linkTarget ?? '';
    if (target.startsWith('/')) current = '';
    pending.push(...target.split('/').reverse());
  }
  return { path: current, entry: tree.lookup(current), isLoop: false };
}

/** Parent of a tree path; the root is its own. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** Last component of a tree path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path of `name` in `directory`, which is `''` for the root. */
export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** Reads one file whole. @throws {NotFoundError} @throws {RangeError} when it is larger than `limit` bytes (default 64 MiB) */
export async function readTreeFile(tree: FileTree, path: string, limit = 64 * 1024 * 1024): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const { bytes } of tree.readMany([path])) {
    size += bytes.byteLength;
    if (size > limit) throw new RangeError(`${path} is larger than ${limit} bytes`);
    chunks.push(Uint8Array.prototype.slice.call(bytes));
  }
  return Buffer.concat(chunks);
}
