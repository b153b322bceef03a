import type { LayerEntry } from '@tsbuild/core';

/**
 * A name in a layer, as the page reads it: short, for there may be 50,000. `[name, kind, size, mode, owner, link,
 * children]`; what follows the last that is said is left out.
 */
export type FileNode = [
  name: string,
  /** `f` file, `d` directory, `l` symlink, `h` hardlink, `c` `b` `p` devices, `w` deletion; `o` opaque directory. */
  kind: string,
  size?: number,
  mode?: number,
  owner?: string,
  link?: string,
  children?: FileNode[],
];

const KINDS: Readonly<Record<LayerEntry['type'], string>> = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  char: 'c',
  block: 'b',
  fifo: 'p',
  whiteout: 'w',
};

/** The entries of a layer as a tree; directories that the layer does not list itself have neither mode nor owner. */
export function fileData(entries: Iterable<LayerEntry>): readonly FileNode[] {
  const folders = new Map<string, FileNode[]>([['', []]]);
  const nodes = new Map<string, FileNode>();
  for (const entry of entries) {
    if (entry.path === '') continue;
    const slash = entry.path.lastIndexOf('/');
    const folder = folderAt(entry.path.slice(0, Math.max(0, slash)), folders, nodes);
    const node = nodeOf(entry, entry.path.slice(slash + 1));
    const before = nodes.get(entry.path);
    if (before === undefined) folder.push(node);
    else Object.assign(before, node);
    nodes.set(entry.path, before ?? node);
  }
  return folders.get('') ?? [];
}

function folderAt(path: string, folders: Map<string, FileNode[]>, nodes: Map<string, FileNode>): FileNode[] {
  const known = folders.get(path);
  if (known !== undefined) return known;
  const slash = path.lastIndexOf('/');
  const parent = folderAt(path.slice(0, Math.max(0, slash)), folders, nodes);
  const children: FileNode[] = [];
  let node = nodes.get(path);
  if (node === undefined) {
    node = [path.slice(slash + 1), 'd'];
    nodes.set(path, node);
    parent.push(node);
  }
  node[6] = children;
  node[2] ??= 0;
  node[3] ??= 0;
  node[4] ??= '';
  node[5] ??= '';
  folders.set(path, children);
  return children;
}

function nodeOf(entry: LayerEntry, name: string): FileNode {
  if (entry.type === 'whiteout') return [name, 'w'];
  const isOpaque = entry.type === 'directory' && entry.opaque === true;
  const kind = entry.hardlink !== undefined ? 'h' : isOpaque ? 'o' : KINDS[entry.type];
  return [name, kind, entry.size, entry.mode, `${entry.uid}:${entry.gid}`, entry.hardlink ?? entry.linkTarget ?? ''];
}
