import type { Digest, FileTree, TreeEntry } from '@tsbuild/core';

/** What a COPY or ADD selects from one tree. All texts are already expanded. */
export interface SelectSpec {
  /** Paths below the tree's root, or patterns as Go's `filepath.Match` reads them. Leading `/` and `../` mean the root. */
  readonly sources: readonly string[];
  /** `--exclude` patterns, relative to each source that is a directory. @default [] */
  readonly excludes?: readonly string[];
  /** `--parents`: the path after `/./`, else the whole path, is kept below the destination. @default false */
  readonly parents?: boolean;
  /** Take the sources' names literally, as for heredocs and downloads. @default false */
  readonly literal?: boolean;
}

/** One file, link, device or directory that will be copied. */
export interface SelectedItem {
  /** Path below the destination that the source is copied to; `''` when the item is the source itself. */
  readonly path: string;
  /** The entry in the source tree. */
  readonly entry: TreeEntry;
  /**
   * A directory that is here only because something in it is: where the destination has it, it takes the mode and
   * keeps the owner.
   */
  readonly isPassage: boolean;
}

/** What is taken of one source. Each is looked up in the tree anew whenever the items are gone through. */
export interface SelectedItems extends Iterable<SelectedItem> {
  readonly length: number;
  /** Paths in the tree of the files whose bytes are copied, in order; one with several names may come again. */
  readonly files: readonly string[];
  /** The tree knows the digests of some of them. */
  readonly knowsDigests: boolean;
  /** Paths in the tree of files that items are further names of. */
  readonly linked: ReadonlySet<string>;
  /** The latest of their times, whole seconds since 1970; 0 when there are none. */
  readonly newestTime: number;
}

/** One match of a source: it is copied on its own, after the ones before it. */
export interface SelectedSource {
  /** Last component as it was written or matched: its name when it is copied into a directory. */
  readonly name: string;
  /** What is copied, symlinks followed. */
  readonly entry: TreeEntry;
  /** In code-unit order, directories before what is in them. Only the source itself if it is no directory. */
  readonly items: SelectedItems;
}

/** What a COPY or ADD will copy from one tree, in the order in which it is copied. */
export interface Selection {
  readonly tree: FileTree;
  readonly sources: readonly SelectedSource[];
  /** Paths in `tree` of the files whose bytes are copied, each once, in the order of copying. */
  readonly files: readonly string[];
}

/** Digests of files in a tree, by path: of those that were asked for, perhaps of others too. */
export type FileDigestMap = Pick<ReadonlyMap<string, Digest>, 'get'>;

/** Finds the digests of files in a tree. */
export type FileDigests = (paths: readonly string[]) => Promise<FileDigestMap>;

/** What of the selected files the copy keeps, and so its digest counts. */
export interface SelectionDigestOptions {
  /** False when every owner is replaced (`--chown`) or reset (build context). */
  readonly ownersCount: boolean;
  /** False when `--chmod` is absolute. */
  readonly modesCount: boolean;
}

/** Content identity of a selection and what it is made of. */
export interface SelectionDigest {
  readonly digest: Digest;
  /** Digest of each of the selection's `files`. */
  readonly files: FileDigestMap;
}

/** The path that has a file's bytes: hardlinks of one file share it. */
export function contentPath(entry: TreeEntry): string {
  return entry.hardlink ?? entry.path;
}
