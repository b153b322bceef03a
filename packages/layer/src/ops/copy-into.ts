import { joinPath, parentPath, SolveError, type TreeEntry } from '@tsbuild/core';
import { type Draft, type Metadata, metadataOf } from './draft.ts';
import { keptXattrs } from './kept-xattrs.ts';
import { CREATED_MODE, makeDirectories, type NewDirectory, ROOT_OWNER } from './make-directories.ts';
import type { CopyAttributes } from './requests.ts';
import { contentPath, type SelectedItem, type SelectedSource } from './selection.ts';
import { followTarget, type Target } from './target.ts';

export interface CopyIntoOptions {
  readonly target: Target;
  readonly attributes: CopyAttributes;
  /** Index of the feed that has the sources' bytes. */
  readonly feed: number;
}

/** Drafts the copy of one source, as if it were the only one left to copy. @throws {SolveError} ERR_TSBUILD_COPY */
export function copyInto(draft: Draft, source: SelectedSource, options: CopyIntoOptions): void {
  const place = prepareTarget(draft, source, options);
  const firstNames = new Map<string, string>();
  for (const item of source.items) {
    const path = item.path === '' ? place : joinPath(place, item.path);
    if (item.entry.type === 'directory') placeDirectory(draft, path, item, options.attributes);
    else placeOther(draft, path, item.entry, options, firstNames);
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

function placeOther(
  draft: Draft,
  path: string,
  entry: TreeEntry,
  options: CopyIntoOptions,
  firstNames: Map<string, string>,
): void {
  if (draft.typeAt(path) === 'directory') {
    throw new SolveError('ERR_TSBUILD_COPY', `cannot replace the directory "/${path}" with a ${entry.type}`);
  }
  const bytes = entry.type === 'file' ? contentPath(entry) : undefined;
  const firstName = bytes === undefined ? undefined : firstNames.get(bytes);
  if (firstName !== undefined) {
    draft.link(path, firstName);
    return;
  }
  const content = bytes === undefined ? undefined : { feed: options.feed, path: bytes };
  draft.put(path, copiedMetadata(entry, options.attributes), content);
  if (bytes !== undefined) firstNames.set(bytes, path);
}

/**
 * The entry as it looks in the layer. Called for every file: no spreading of optional parts, and what stays as it is is not
 * copied.
 */
function copiedMetadata(entry: TreeEntry, { owner, chmod, copiedTime }: CopyAttributes): Metadata {
  const { type, linkTarget, device } = entry;
  const isAsItWas = owner === undefined && chmod === undefined && copiedTime === undefined;
  if (isAsItWas && isPlain(entry)) return entry;
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

/** A file or directory of which all but the path belongs to its metadata. */
function isPlain({ type, hardlink, digest, xattrs }: TreeEntry): boolean {
  const isOne = type === 'file' || type === 'directory';
  return isOne && hardlink === undefined && digest === undefined && xattrs === undefined;
}

function notADirectory(path: string): SolveError {
  return new SolveError('ERR_TSBUILD_COPY', `cannot copy to non-directory "/${path}"`);
}
