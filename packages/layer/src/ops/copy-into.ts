import { type FileTree, joinPath, parentPath, SolveError, type TreeEntry } from '@tsbuild/core';
import { type Draft, type FileSource, type Metadata, metadataOf } from './draft.ts';
import { keptXattrs } from './kept-xattrs.ts';
import { CREATED_MODE, makeDirectories, type NewDirectory, ROOT_OWNER } from './make-directories.ts';
import type { CopyAttributes } from './requests.ts';
import { contentPath, type SelectedItem, type SelectedSource } from './selection.ts';
import { followTarget, type Target } from './target.ts';

export interface CopyIntoOptions {
  readonly target: Target;
  readonly attributes: CopyAttributes;
  /** Where the source is. */
  readonly tree: FileTree;
  /** Index of the feed that has the tree's bytes. */
  readonly feed: number;
}

/** What is known of a source while it is drafted. */
interface Copying extends CopyIntoOptions {
  readonly source: FileSource;
  /** Paths in the tree of files that have several names. */
  readonly linked: ReadonlySet<string>;
  /** Their first names in the draft. */
  readonly firstNames: Map<string, string>;
}

/** Drafts the copy of one source, as if it were the only one left to copy. @throws {SolveError} ERR_TSBUILD_COPY */
export function copyInto(draft: Draft, source: SelectedSource, options: CopyIntoOptions): void {
  const place = prepareTarget(draft, source, options);
  const { tree, attributes, feed } = options;
  const described = { feed, describe: (path: string) => copiedMetadata(requireEntry(tree, path), attributes) };
  const copying = { ...options, source: described, linked: source.items.linked, firstNames: new Map<string, string>() };
  for (const item of source.items) {
    const path = item.path === '' ? place : joinPath(place, item.path);
    if (item.entry.type === 'directory') placeDirectory(draft, path, item, attributes);
    else placeOther(draft, path, item.entry, copying);
  }
}

/** Makes the directories that the target needs and says where the source goes. */
function prepareTarget(draft: Draft, source: SelectedSource, { target, attributes }: CopyIntoOptions): string {
  const created = createdDirectory(attributes);
  makeDirectories(draft, followTarget(draft, target.isDirectory ? target.path : parentPath(target.path)).path, created);
  const { path, entry } = followTarget(draft, target.path);
  const isExistingDirectory = path === '' || entry?.type === 'directory';
  if (source.entry.type !== 'directory') {
    const place = isExistingDirectory ? joinPath(path, source.name) : path;
    makeDirectories(draft, parentPath(place), created);
    return place;
  }
  if (entry === undefined) makeDirectories(draft, path, created);
  else if (!isExistingDirectory) throw notADirectory(path);
  return path;
}

/** What `--chown` and `--chmod` make of directories created on the way. */
export function createdDirectory({ owner, chmod, createdTime }: CopyAttributes): NewDirectory {
  return { mode: chmod?.createdMode ?? CREATED_MODE, owner: owner ?? ROOT_OWNER, mtime: createdTime };
}

function placeDirectory(
  draft: Draft,
  path: string,
  { entry, isPassage }: SelectedItem,
  attributes: CopyAttributes,
): void {
  const existing = draft.lookup(path);
  if (existing !== undefined && existing.type !== 'directory') throw notADirectory(path);
  if (existing === undefined || !isPassage) draft.put(path, copiedMetadata(entry, attributes));
  else if (existing.mode !== entry.mode) draft.put(path, { ...metadataOf(existing), mode: entry.mode });
}

function placeOther(draft: Draft, path: string, entry: TreeEntry, copying: Copying): void {
  if (draft.typeAt(path) === 'directory') {
    throw new SolveError('ERR_TSBUILD_COPY', `cannot replace the directory "/${path}" with a ${entry.type}`);
  }
  const { feed, linked, firstNames } = copying;
  if (entry.type !== 'file') {
    draft.put(path, copiedMetadata(entry, copying.attributes));
    return;
  }
  const bytes = contentPath(entry);
  const firstName = firstNames.get(bytes);
  if (firstName !== undefined) draft.link(path, firstName);
  else if (entry.hardlink === undefined) draft.putFile(path, copying.source, bytes);
  else draft.put(path, copiedMetadata(entry, copying.attributes), { feed, path: bytes });
  if (firstName === undefined && linked.has(bytes)) firstNames.set(bytes, path);
}

function requireEntry(tree: FileTree, path: string): TreeEntry {
  const entry = tree.lookup(path);
  if (entry === undefined) throw new Error(`${path} is not in the tree any more`);
  return entry;
}

/** The entry as it looks in the layer. Called for every file: no spreading of optional parts. */
function copiedMetadata(entry: TreeEntry, { owner, chmod, copiedTime }: CopyAttributes): Metadata {
  const { type, linkTarget, device } = entry;
  const isSymlink = type === 'symlink';
  const metadata: Metadata = {
    type,
    mode: isSymlink ? 0o777 : (chmod?.apply(entry.mode, type === 'directory') ?? entry.mode),
    uid: owner?.uid ?? entry.uid,
    gid: owner?.gid ?? entry.gid,
    size: entry.size,
    mtime: copiedTime ?? entry.mtime,
  };
  if (linkTarget !== undefined) return { ...metadata, linkTarget };
  if (device !== undefined) return { ...metadata, device };
  const xattrs = keptXattrs(entry.xattrs);
  return xattrs === undefined ? metadata : { ...metadata, xattrs };
}

function notADirectory(path: string): SolveError {
  return new SolveError('ERR_TSBUILD_COPY', `cannot copy to non-directory "/${path}"`);
}
