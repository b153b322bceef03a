import type { FileTree, TreeEntry } from '@tsbuild/core';
import { contentPath, type SelectedItem, type SelectedItems } from './selection.ts';

/** Holds of each item no more than its path: there may be very many, and the tree knows the rest. */
export class ItemList implements SelectedItems {
  readonly linked = new Set<string>();
  readonly files: string[] = [];
  knowsDigests = false;
  newestTime = 0;
  readonly #tree: FileTree;
  /** How much of the path of an entry in the tree is not part of the item's. */
  readonly #prefixLength: number;
  readonly #paths: string[] = [];
  readonly #passages = new Set<string>();

  /** `root` is the path of the source. */
  constructor(tree: FileTree, root: string) {
    this.#tree = tree;
    this.#prefixLength = root === '' ? 0 : root.length + 1;
  }

  get length(): number {
    return this.#paths.length;
  }

  add(entry: TreeEntry, isPassage: boolean): void {
    this.#paths.push(entry.path);
    if (isPassage) this.#passages.add(entry.path);
    if (entry.type === 'file') this.files.push(contentPath(entry));
    if (entry.digest !== undefined) this.knowsDigests = true;
    if (entry.hardlink !== undefined) this.linked.add(entry.hardlink);
    this.newestTime = Math.max(this.newestTime, Math.floor(entry.mtime));
  }

  *[Symbol.iterator](): Generator<SelectedItem> {
    for (const path of this.#paths) {
      const entry = this.#tree.lookup(path);
      if (entry === undefined) throw new Error(`${path} is not in the tree any more`);
      yield { path: path.slice(this.#prefixLength), entry, isPassage: this.#passages.has(path) };
    }
  }
}
