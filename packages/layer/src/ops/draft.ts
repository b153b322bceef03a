import { type EntryType, type FileTree, parentPath, type TreeEntry } from '@tsbuild/core';

/** Where the bytes of a drafted file are: in one of the sources of the instruction. */
export interface ContentPlace {
  /** Index of the feed. */
  readonly feed: number;
  readonly path: string;
}

/** What all names of a node share. */
export type Metadata = Omit<TreeEntry, 'path' | 'hardlink' | 'digest'>;

/** Tells what a file is like of which the bytes are at a path of its feed. Asked again and again: nothing of it is held. */
export type DescribeFile = (contentPath: string) => Metadata;

/** Where files come from that are described when they are written. */
export interface FileSource {
  readonly feed: number;
  readonly describe: DescribeFile;
}

/** An inode of the layer to be. Paths that share one are hardlinks. */
export interface DraftNode {
  /** Of a file perhaps how to find it. */
  described: Metadata | DescribeFile;
  /** Where the bytes of a file are; undefined for everything else. */
  readonly feed: number | undefined;
  readonly contentPath: string | undefined;
  /** Counts up in the order in which nodes were made. */
  readonly sequence: number;
  /** Undefined for everything but a directory. */
  readonly directory: DraftDirectory | undefined;
  /** The node has, or had, several paths. */
  isLinked: boolean;
}

export interface DraftDirectory {
  /** What the destination has in this directory stays visible. */
  readonly isMerged: boolean;
  /** Hides what the destination has in this directory. */
  readonly isOpaque: boolean;
  /** Paths of what the draft has in this directory, or had. */
  readonly children: string[];
}

/**
 * The layer that an instruction makes, before it is written: what it puts over the destination. The destination is
 * asked only where the draft does not know better, and never about what is below a directory that the draft made.
 */
export class Draft {
  readonly #destination: Pick<FileTree, 'lookup'>;
  /** Of a file that is described when it is written there is only its number: there may be very many. */
  readonly #nodes = new Map<string, DraftNode | number>();
  /** Of those files, by number. */
  readonly #contentPaths: string[] = [];
  readonly #sources: (FileSource | undefined)[] = [];
  /** Directories of the destination that something else has taken the place of. */
  readonly #displaced = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(destination: Pick<FileTree, 'lookup'>) {
    this.#destination = destination;
    const root = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;
    this.#nodes.set('', this.#makeDirectory(root, { isMerged: true, isOpaque: false }));
  }

  /** What is at the path once the layer is applied, links not followed. */
  lookup(path: string): TreeEntry | undefined {
    const node = this.node(path);
    if (node !== undefined) return { ...metadataOfNode(node), path };
    return !this.#removed.has(path) && this.#nearest(parentPath(path)).directory?.isMerged === true
      ? this.#destination.lookup(path)
      : undefined;
  }

  /** The type of what is at the path, links not followed. */
  typeAt(path: string): EntryType | undefined {
    const node = this.#nodes.get(path);
    if (node === undefined) return this.lookup(path)?.type;
    return typeof node === 'number' ? 'file' : typeOfNode(node);
  }

  /** The node of a path that is in the draft. */
  node(path: string): DraftNode | undefined {
    const node = this.#nodes.get(path);
    return typeof node === 'number' ? this.#fileNode(node) : node;
  }

  /** How many nodes were made before that of a path that is in the draft. */
  ageOf(path: string): number {
    const node = this.#nodes.get(path);
    return typeof node === 'number' ? node : (node?.sequence ?? 0);
  }

  /** Forgets a path that was written: what is held of a layer while it is written does not grow. The draft is not changed any more. */
  release(path: string): void {
    this.#nodes.delete(path);
  }

  /** Every path but the root. */
  *paths(): Generator<string> {
    for (const path of this.#nodes.keys()) if (path !== '') yield path;
  }

  /** Paths of the destination that the layer deletes and has nothing in place of. */
  removals(): Iterable<string> {
    return this.#removed;
  }

  /**
   * Puts something at a path, over what is there: directories are merged, anything else is replaced with all below
   * it. The parent must be a directory; it and its parents become part of the layer.
   */
  put(path: string, metadata: Metadata, content?: ContentPlace): void {
    const existing = this.typeAt(path);
    if (metadata.type !== 'directory') {
      this.#place(path, existing, this.#makeNode(metadata, content));
      return;
    }
    const isMerged = existing === 'directory';
    const node = this.node(path);
    if (isMerged) {
      const { xattrs } = this.lookup(path) ?? {};
      const merged = xattrs === undefined ? metadata : { ...metadata, xattrs: { ...xattrs, ...metadata.xattrs } };
      if (node === undefined) this.#place(path, existing, this.#makeDirectory(merged, { isMerged, isOpaque: false }));
      else node.described = merged;
      return;
    }
    const isOpaque = this.#displaced.has(path);
    this.#place(path, existing, this.#makeDirectory(metadata, { isMerged, isOpaque }));
  }

  /** As {@link put}, for a file that is described when it is written. */
  putFile(path: string, source: FileSource, contentPath: string): void {
    const existing = this.typeAt(path);
    this.#place(path, existing, this.#number(contentPath, source));
  }

  /** Makes `path` a further name of the node at `target`, which is in the draft. */
  link(path: string, target: string): void {
    const node = this.node(target);
    if (node === undefined) throw new Error(`${target} is not in the draft`);
    node.isLinked = true;
    this.#nodes.set(target, node);
    this.#place(path, this.typeAt(path), node);
  }

  /** Describes the node at a path anew, for all its names. */
  describe(path: string, metadata: Metadata): void {
    const node = this.node(path);
    if (node === undefined) return;
    node.described = metadata;
    this.#nodes.set(path, node);
  }

  /** Removes what is at a path, if anything, with all below it. */
  remove(path: string): void {
    const existing = this.typeAt(path);
    if (existing === undefined) return;
    this.#repeat(parentPath(path));
    if (existing === 'directory') this.#displace(path);
    this.#nodes.delete(path);
    if (this.lookup(path) !== undefined) this.#removed.add(path);
  }

  #place(path: string, existing: EntryType | undefined, node: DraftNode | number): void {
    const parent = this.#repeat(parentPath(path));
    if (!this.#nodes.has(path)) parent.children.push(path);
    const isMerged = typeof node !== 'number' && node.directory?.isMerged === true;
    if (existing === 'directory' && !isMerged) this.#displace(path);
    this.#removed.delete(path);
    this.#nodes.delete(path);
    this.#nodes.set(path, node);
  }

  /** The node of a directory that exists, made from the destination if the draft has none yet. */
  #repeat(directory: string): DraftDirectory {
    const known = this.node(directory)?.directory;
    if (known !== undefined) return known;
    const entry = this.#destination.lookup(directory);
    if (entry?.type !== 'directory') throw new Error(`${directory} is no directory`);
    const repeated = this.#makeDirectory(metadataOf(entry), { isMerged: true, isOpaque: false });
    this.#repeat(parentPath(directory)).children.push(directory);
    this.#nodes.set(directory, repeated);
    return repeated.directory;
  }

  /** The node of a path, or of the closest directory above it that the draft has. */
  #nearest(path: string): DraftNode {
    let at = path;
    for (;;) {
      const node = this.node(at);
      if (node !== undefined) return node;
      at = parentPath(at);
    }
  }

  #displace(directory: string): void {
    const node = this.node(directory);
    if (node?.directory?.isMerged !== false) this.#displaced.add(directory);
    if (node?.directory !== undefined) this.#removeBelow(node.directory);
  }

  #removeBelow({ children }: DraftDirectory): void {
    for (const path of children) {
      const node = this.node(path);
      this.#nodes.delete(path);
      if (node?.directory !== undefined) this.#removeBelow(node.directory);
    }
  }

  #makeNode(described: Metadata, content?: ContentPlace): DraftNode {
    const [feed, contentPath] = [content?.feed, content?.path];
    return { described, feed, contentPath, sequence: this.#number(''), directory: undefined, isLinked: false };
  }

  #makeDirectory(
    metadata: Metadata,
    { isMerged, isOpaque }: Pick<DraftDirectory, 'isMerged' | 'isOpaque'>,
  ): DraftNode & { readonly directory: DraftDirectory } {
    return { ...this.#makeNode(metadata), directory: { isMerged, isOpaque, children: [] } };
  }

  /** Nodes are numbered in the order in which they are made. */
  #number(contentPath: string, source?: FileSource): number {
    this.#sources.push(source);
    return this.#contentPaths.push(contentPath) - 1;
  }

  #fileNode(number: number): DraftNode {
    const source = this.#sources[number];
    const contentPath = this.#contentPaths[number];
    if (source === undefined) throw new Error(`node ${number} has a description of its own`);
    const { feed, describe } = source;
    return { described: describe, feed, contentPath, sequence: number, directory: undefined, isLinked: false };
  }
}

/** What all names of a node say of it. */
export function metadataOfNode({ described, contentPath = '' }: DraftNode): Metadata {
  return typeof described === 'function' ? described(contentPath) : described;
}

function typeOfNode({ described }: DraftNode): EntryType {
  return typeof described === 'function' ? 'file' : described.type;
}

/** A tree's entry without what belongs to one name or tree only. */
export function metadataOf({ path: _, hardlink: _hardlink, digest: _digest, ...metadata }: TreeEntry): Metadata {
  return metadata;
}
