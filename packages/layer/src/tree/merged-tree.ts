import { baseName, type FileChunk, type FileTree, joinPath, parentPath, type TreeEntry } from '@tsbuild/core';
import { DEFAULT_ROOT } from './empty-tree.ts';
import type { LayerTree } from './layer-tree.ts';
import { readContents, requestsFor, type StoredContent } from './read-contents.ts';

/** The root file system of a stack of layers. */
export interface MergedTree extends FileTree {
  /** Number of the layer, counted from the bottom, that a path's entry is from; undefined when there is no such path. */
  layerOf(path: string): number | undefined;
}

/**
 * Lays layers over one another, bottom first, as an overlay does: whiteouts delete, opaque directories start afresh, a
 * name of another type replaces what is below. A file that only its further names outlive is the first of these.
 * Directories are merged when they are first asked for.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets
 */
export function mergeTrees(layers: readonly LayerTree[]): MergedTree {
  return new LayeredTree(layers);
}

/**
 * The same as merging the layers of `below` and one more, which lies on top, and cheaper: directories that were merged
 * already and that the layer does not touch are shared.
 */
export function extendTree(below: MergedTree, layer: LayerTree): MergedTree {
  if (!(below instanceof LayeredTree)) throw new Error('only a merged tree can be extended');
  return below.extend(layer);
}

/** A name in a merged directory. */
interface Member {
  /** The layer that describes it. */
  readonly layer: number;
  /** The layers that have something in it if it is a directory, bottom first. */
  readonly from: readonly number[];
}

type Members = ReadonlyMap<string, Member>;
const NO_MEMBERS: Members = new Map();

/** Directories that an extended tree takes over; it merges others when it is asked for them. */
const MAX_CARRIED = 256;

class LayeredTree implements MergedTree {
  readonly #layers: readonly LayerTree[];
  readonly #root: Member;
  readonly #directories = new Map<string, Members>();
  readonly #listings = new Map<string, readonly string[]>();
  /** Of each layer: the further names of a file, in the order of its tar. */
  readonly #links = new Map<number, ReadonlyMap<string, readonly string[]>>();
  /** What lies below a layer, made when a link leads there. */
  readonly #lower = new Map<number, LayeredTree>();

  constructor(layers: readonly LayerTree[], root = rootOf(layers)) {
    this.#layers = layers;
    this.#root = root;
  }

  extend(top: LayerTree): LayeredTree {
    const number = this.#layers.length;
    const layer = describesRoot(top) ? number : this.#root.layer;
    const extended = new LayeredTree([...this.#layers, top], { layer, from: [...this.#root.from, number] });
    // Parents come first: what became of a directory is told by the one that it is in.
    const paths = [...this.#directories.keys()].sort((a, b) => a.length - b.length);
    for (const path of paths.slice(0, MAX_CARRIED)) {
      const members = this.#membersBelow(path, extended, top);
      if (members !== undefined && members.size > 0) extended.#directories.set(path, members);
    }
    return extended;
  }

  /** What an extended tree has in a directory of this one, if the layer on top leaves it a directory of both. */
  #membersBelow(path: string, extended: LayeredTree, top: LayerTree): Members | undefined {
    const before = this.#member(path);
    const now = extended.#member(path);
    if (before === undefined || now === undefined || now.from[0] !== before.from[0]) return undefined;
    const members = this.#directories.get(path) ?? NO_MEMBERS;
    if (now.from.length === before.from.length) return members;
    return extended.#add(path, this.#layers.length, top, members);
  }

  lookup(path: string): TreeEntry | undefined {
    const member = this.#member(path);
    if (member === undefined) return undefined;
    const entry = this.#layers[member.layer]?.lookup(path);
    if (entry === undefined) return DEFAULT_ROOT;
    if (entry.opaque === undefined && entry.implicit === undefined && entry.hardlink === undefined) return entry;
    const { opaque: _opaque, implicit: _implicit, hardlink, ...plain } = entry;
    return hardlink === undefined ? plain : this.#linked(member.layer, hardlink, plain);
  }

  list(path: string): readonly string[] {
    let names = this.#listings.get(path);
    if (names === undefined) {
      names = [...this.#members(path).keys()].sort();
      this.#listings.set(path, names);
    }
    return names;
  }

  readMany(paths: Iterable<string>, { signal }: { signal?: AbortSignal | undefined } = {}): AsyncIterable<FileChunk> {
    return readContents(
      requestsFor(paths, (path) => this.contentOf(path)),
      signal,
    );
  }

  layerOf(path: string): number | undefined {
    const layer = this.#member(path)?.layer;
    return layer === -1 ? undefined : layer;
  }

  contentOf(path: string): StoredContent | undefined {
    const layer = this.layerOf(path);
    const tree = layer === undefined ? undefined : this.#layers[layer];
    if (layer === undefined || tree === undefined) return undefined;
    const content = tree.contentOf(path);
    const target = content === undefined ? tree.lookup(path)?.hardlink : undefined;
    return target === undefined ? content : this.#below(layer).contentOf(target);
  }

  #member(path: string): Member | undefined {
    return path === '' ? this.#root : this.#members(parentPath(path)).get(baseName(path));
  }

  #members(path: string): Members {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const member = this.#member(path);
    const members = member === undefined ? NO_MEMBERS : this.#merge(path, member.from);
    if (members.size > 0) this.#directories.set(path, members);
    return members;
  }

  #merge(path: string, from: readonly number[]): Members {
    const members = new Map<string, Member>();
    for (const number of from) {
      const layer = this.#layers[number];
      if (layer !== undefined) this.#lay(path, number, layer, members);
    }
    return members;
  }

  /** Members with those of a layer on top; the same where it has nothing to say. */
  #add(path: string, number: number, layer: LayerTree, below: Members): Members {
    const isTouched = layer.lookup(path)?.opaque === true || layer.list(path).length > 0;
    if (!isTouched && layer.whiteouts(path).length === 0) return below;
    const members = new Map(below);
    this.#lay(path, number, layer, members);
    return members;
  }

  #lay(path: string, number: number, layer: LayerTree, members: Map<string, Member>): void {
    if (layer.lookup(path)?.opaque === true) members.clear();
    for (const name of layer.whiteouts(path)) members.delete(name);
    // One for all that only this layer has: there may be very many.
    const member = { layer: number, from: [number] };
    for (const name of layer.list(path)) {
      const below = members.get(name);
      members.set(name, below === undefined ? member : this.#stack(joinPath(path, name), below, member));
    }
  }

  /** Directories add up; anything else replaces what is below. */
  #stack(path: string, below: Member, above: Member): Member {
    const upper = this.#layers[above.layer]?.lookup(path);
    const lower = this.#layers[below.layer]?.lookup(path);
    if (upper?.type !== 'directory' || lower?.type !== 'directory') return above;
    const layer = upper.implicit === true ? below.layer : above.layer;
    return { layer, from: [...below.from, ...above.from] };
  }

  /** A further name: of the same file, of the one that took its place, or of a file in the layers below. */
  #linked(layer: number, target: string, entry: TreeEntry): TreeEntry {
    if (entry.type === 'file' && this.#layers[layer]?.contentOf(entry.path) === undefined) {
      return this.#linkedBelow(layer, target, entry);
    }
    if (this.#isVisible(layer, target)) return { ...entry, hardlink: target };
    const first = this.#linksOf(layer, target).find((name) => this.#isVisible(layer, name));
    return first === undefined || first === entry.path ? entry : { ...entry, hardlink: first };
  }

  /** The layer does not have the file: the name is a file of its own with the contents found below. */
  #linkedBelow(layer: number, target: string, entry: TreeEntry): TreeEntry {
    const file = this.#below(layer).lookup(target);
    if (file?.type !== 'file') return { ...entry, hardlink: target };
    return { ...entry, size: file.size, ...(file.digest === undefined ? {} : { digest: file.digest }) };
  }

  #isVisible(layer: number, path: string): boolean {
    return this.#member(path)?.layer === layer;
  }

  #linksOf(layer: number, target: string): readonly string[] {
    let links = this.#links.get(layer);
    if (links === undefined) {
      links = groupLinks(this.#layers[layer]);
      this.#links.set(layer, links);
    }
    return links.get(target) ?? [];
  }

  #below(layer: number): LayeredTree {
    let tree = this.#lower.get(layer);
    if (tree === undefined) {
      tree = new LayeredTree(this.#layers.slice(0, layer));
      this.#lower.set(layer, tree);
    }
    return tree;
  }
}

function rootOf(layers: readonly LayerTree[]): Member {
  return { layer: layers.findLastIndex(describesRoot), from: [...layers.keys()] };
}

function describesRoot(layer: LayerTree): boolean {
  return layer.lookup('')?.implicit !== true;
}

function groupLinks(layer: LayerTree | undefined): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const entry of layer?.entries() ?? []) {
    if (entry.type === 'whiteout' || entry.hardlink === undefined) continue;
    const names = groups.get(entry.hardlink);
    if (names === undefined) groups.set(entry.hardlink, [entry.path]);
    else names.push(entry.path);
  }
  return groups;
}
