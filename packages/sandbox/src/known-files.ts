import { readFileSync } from 'node:fs';
import { type FileTree, joinPath, type TreeEntry } from '@tsbuild/core';

/** What a file is known to be. */
export interface KnownFile {
  /** Everything that can be said without reading it. */
  readonly facts: string;
  /** Of its content. */
  readonly digest?: string | undefined;
  /** The first name of the same file. */
  readonly first: string;
}

/** By path. */
export type KnownFiles = ReadonlyMap<string, KnownFile>;

/** What a tree has, as {@link readKnown} takes it from a file. */
export function encodeKnown(tree: FileTree): string {
  return JSON.stringify([...describe(tree, '')]);
}

export function readKnown(file: string): KnownFiles {
  return new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, KnownFile][]);
}

function* describe(tree: FileTree, directory: string): Generator<[string, KnownFile]> {
  for (const name of tree.list(directory)) {
    const entry = tree.lookup(joinPath(directory, name));
    if (entry === undefined) continue;
    yield [entry.path, { facts: factsOf(entry), digest: entry.digest, first: entry.hardlink ?? entry.path }];
    if (entry.type === 'directory') yield* describe(tree, entry.path);
  }
}

/** The time of a folder changes with its members, and not every tier can give a link its owner: these do not count. */
export function factsOf(entry: TreeEntry): string {
  const { type, mode, uid, gid, size, linkTarget = '', xattrs = {} } = entry;
  const mtime = Math.floor(entry.mtime);
  if (type === 'symlink') return JSON.stringify([type, linkTarget, mtime]);
  const attributes = Object.entries(xattrs)
    .map(([name, value]) => [name, Buffer.from(value).toString('base64')])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const facts = [type, mode, uid, gid, attributes];
  return JSON.stringify(type === 'directory' ? facts : [...facts, size, mtime]);
}
