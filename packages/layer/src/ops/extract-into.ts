import { baseName, joinPath, parentPath, resolvePath, SolveError, type TreeEntry } from '@tsbuild/core';
import type { TarEntry } from '../tar/tar-entry.ts';
import { type Draft, type Metadata, metadataOfNode } from './draft.ts';
import { keptXattrs } from './kept-xattrs.ts';
import { CREATED_MODE, ROOT_OWNER } from './make-directories.ts';
import type { CopyAttributes } from './requests.ts';

export interface ExtractOptions {
  /** Directory that the archive is unpacked into; for its entries and their links it is the root. */
  readonly directory: string;
  readonly attributes: Pick<CopyAttributes, 'owner' | 'createdTime' | 'copiedTime'>;
  /** Index of the feed that has the files' bytes, by the number of their entry. */
  readonly feed: number;
}

/**
 * Drafts one entry of an archive as tar would extract it: over what is there, whatever its type.
 * @throws {SolveError} ERR_TSBUILD_COPY
 */
export function extractInto(draft: Draft, entry: TarEntry, index: number, options: ExtractOptions): void {
  if (entry.path === '' || entry.type === 'opaque') return;
  const path = joinPath(parentDirectory(draft, entry.path, options), baseName(entry.path));
  if (entry.type === 'whiteout') draft.remove(path);
  else if (entry.hardlink !== undefined) extractHardlink(draft, path, { ...entry, hardlink: entry.hardlink }, options);
  else {
    const content = entry.type === 'file' ? { feed: options.feed, path: String(index) } : undefined;
    draft.put(path, extractedMetadata(entry, options), content);
  }
}

/** The directory of an entry, links followed. Missing ones are made, but not where a link leads. */
function parentDirectory(draft: Draft, entryPath: string, options: ExtractOptions): string {
  const parent = parentPath(entryPath);
  const direct = joinPaths(options.directory, parent);
  // What the draft has itself lies below directories that are in the draft, too.
  if (draft.node(direct)?.directory !== undefined) return direct;
  let directory = options.directory;
  for (const name of parent.split('/')) {
    if (name !== '') directory = enter(draft, joinPath(directory, name), { ...options, entryPath });
  }
  return directory;
}

interface EnterOptions extends ExtractOptions {
  readonly entryPath: string;
}

function enter(draft: Draft, path: string, { directory, entryPath, attributes }: EnterOptions): string {
  const type = draft.typeAt(path);
  if (type === 'directory') return path;
  if (type === undefined) {
    const mtime = attributes.createdTime;
    draft.put(path, { type: 'directory', mode: CREATED_MODE, ...ROOT_OWNER, size: 0, mtime });
    return path;
  }
  const within = directory === '' ? path : path.slice(directory.length + 1);
  const { path: target, entry } = resolvePath({ lookup: (inner) => draft.lookup(joinPaths(directory, inner)) }, within);
  if (target === '' || entry?.type === 'directory') return joinPaths(directory, target);
  throw new SolveError(
    'ERR_TSBUILD_COPY',
    `cannot unpack ${JSON.stringify(entryPath)}: ${JSON.stringify(within)} is no directory of the destination`,
  );
}

function extractHardlink(
  draft: Draft,
  path: string,
  entry: TreeEntry & { readonly hardlink: string },
  options: ExtractOptions,
): void {
  const target = joinPath(parentDirectory(draft, entry.hardlink, options), baseName(entry.hardlink));
  const node = draft.node(target);
  if (node === undefined || node.directory !== undefined || target === path) {
    throw new SolveError(
      'ERR_TSBUILD_COPY',
      `cannot unpack ${JSON.stringify(entry.path)}: the archive has no file ${JSON.stringify(entry.hardlink)} to link to`,
    );
  }
  draft.link(path, target);
  const { type, size, mode, linkTarget, device } = { ...entry, ...metadataOfNode(node) };
  const described = extractedMetadata(entry, options);
  draft.describe(path, {
    ...described,
    type,
    size,
    mode: type === 'symlink' ? mode : described.mode,
    ...(linkTarget === undefined ? {} : { linkTarget }),
    ...(device === undefined ? {} : { device }),
  });
}

function extractedMetadata(entry: TreeEntry, { attributes: { owner, copiedTime } }: ExtractOptions): Metadata {
  const xattrs = keptXattrs(entry.xattrs);
  return {
    type: entry.type,
    mode: entry.type === 'symlink' ? 0o777 : entry.mode,
    uid: owner?.uid ?? entry.uid,
    gid: owner?.gid ?? entry.gid,
    size: entry.size,
    mtime: copiedTime ?? entry.mtime,
    ...(entry.linkTarget === undefined ? {} : { linkTarget: entry.linkTarget }),
    ...(entry.device === undefined ? {} : { device: entry.device }),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
}

function joinPaths(directory: string, path: string): string {
  return path === '' ? directory : joinPath(directory, path);
}
