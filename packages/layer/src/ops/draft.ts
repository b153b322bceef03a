import { baseName, type FileTree, joinPath, parentPath, type TreeEntry } from '@tsbuild/core';

/** Where the bytes of a drafted file are: in one of the sources of the instruction. */
export interface ContentPlace {
  /** Index of the feed. */
  readonly feed: number;
  readonly path: string;
}

/** What a caller puts into a draft. */
export type NewNode = Omit<TreeEntry, 'path' | 'hardlink' | 'digest'> & { readonly content?: ContentPlace };

/** Metadata that may still change, for all names of a node at once. */
export type NodeChange = Partial<Pick<TreeEntry, 'mode' | 'uid' | 'gid' | 'mtime' | 'xattrs'>>;

/** An inode of the layer to be. Paths that share one are hardlinks. */
export interface DraftNode {
  entry: NewNode;
  /** Counts up in the order in which nodes were made. */
  readonly sequence: number;
  /** What the destination has in this directory stays visible. */
  readonly isMerged: boolean;
  /** Hides what the destination has in this directory. */
  readonly isOpaque: boolean;
  /** Names in this directory that the draft has. */
  readonly names: Set<string>;
}

/** Of everything that is no directory; nothing is ever added to it. */
const NO_NAMES: Set<string> = new Set();

/**
 * The layer that an instruction makes, before it is written: what it puts over the destination. The destination is
 * asked only where the draft does not know better, and never about what is below a directory that the draft made.
 */
export class Draft {
  readonly #destination: Pick<FileTree, 'lookup'>;
  readonly #nodes = new Map<string, DraftNode>();
  /** Directories of the destination that something else has taken the place of. */
  readonly #displaced = new Set<string>();
  #sequence = 0;

  constructor(destination: Pick<FileTree, 'lookup'>) {
    this.#destination = destination;
    const root = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;
    this.#nodes.set('', this.#makeNode(root, { isMerged: true, isOpaque: false }));
  }

  /** What is at the path once the layer is applied, links not followed. */
  lookup(path: string): TreeEntry | undefined {
    const node = this.#nodes.get(path);
    if (node !== undefined) return { ...node.entry, path };
    return this.#nearest(parentPath(path)).isMerged ? this.#destination.lookup(path) : undefined;
  }

  /** The node of a path that is in the draft. */
  node(path: string): DraftNode | undefined {
    return this.#nodes.get(path);
  }

  /** Every path but the root, with its node, in the order in which they were put. */
  *entries(): Generator<readonly [string, DraftNode]> {
    for (const entry of this.#nodes) if (entry[0] !== '') yield entry;
  }

  /**
   * Puts something at a path, over what is there: directories are merged, anything else is replaced with all below
   * it. The parent must be a directory; it and its parents become part of the layer.
   */
  put(path: string, entry: NewNode): void {
    const existing = this.lookup(path);
    const isMerged = entry.type === 'directory' && existing?.type === 'directory';
    const node = this.#nodes.get(path);
    if (isMerged && node !== undefined) node.entry = entry;
    else
      this.#place(path, existing, this.#makeNode(entry, { isMerged, isOpaque: this.#isOpaque(path, entry, isMerged) }));
  }

  /** Makes `path` a further name of the node at `target`, which is in the draft. */
  link(path: string, target: string): void {
    const node = this.#nodes.get(target);
    if (node === undefined) throw new Error(`${target} is not in the draft`);
    this.#place(path, this.lookup(path), node);
  }

  /** Changes metadata of a node that is in the draft. */
  change(path: string, change: NodeChange): void {
    const node = this.#nodes.get(path);
    if (node !== undefined) node.entry = { ...node.entry, ...change };
  }

  #place(path: string, existing: TreeEntry | undefined, node: DraftNode): void {
    this.#repeat(parentPath(path)).names.add(baseName(path));
    if (existing?.type === 'directory' && !node.isMerged) this.#displace(path);
    this.#nodes.delete(path);
    this.#nodes.set(path, node);
  }

  /** The node of a directory that exists, made from the destination if the draft has none yet. */
  #repeat(directory: string): DraftNode {
    const node = this.#nodes.get(directory);
    if (node !== undefined) return node;
    const entry = this.#destination.lookup(directory);
    if (entry?.type !== 'directory') throw new Error(`${directory} is no directory`);
    const { path: _, hardlink: _hardlink, digest: _digest, ...metadata } = entry;
    const repeated = this.#makeNode(metadata, { isMerged: true, isOpaque: false });
    this.#repeat(parentPath(directory)).names.add(baseName(directory));
    this.#nodes.set(directory, repeated);
    return repeated;
  }

  /** The node of a path, or of the closest directory above it that the draft has. */
  #nearest(path: string): DraftNode {
    let at = path;
    for (;;) {
      const node = this.#nodes.get(at);
      if (node !== undefined) return node;
      at = parentPath(at);
    }
  }

  #displace(directory: string): void {
    const node = this.#nodes.get(directory);
    if (node?.isMerged !== false) this.#displaced.add(directory);
    if (node !== undefined) this.#removeBelow(directory, node);
  }

  #removeBelow(directory: string, { names }: DraftNode): void {
    for (const name of names) {
      const path = joinPath(directory, name);
      const node = this.#nodes.get(path);
      this.#nodes.delete(path);
      if (node?.entry.type === 'directory') this.#removeBelow(path, node);
    }
  }

  #isOpaque(path: string, { type }: NewNode, isMerged: boolean): boolean {
    return type === 'directory' && !isMerged && this.#displaced.has(path);
  }

  #makeNode(entry: NewNode, { isMerged, isOpaque }: Pick<DraftNode, 'isMerged' | 'isOpaque'>): DraftNode {
    this.#sequence += 1;
    const names = entry.type === 'directory' ? new Set<string>() : NO_NAMES;
    return { entry, sequence: this.#sequence, isMerged, isOpaque, names };
  }
}
