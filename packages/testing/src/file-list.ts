import type { TreeEntry } from '@tsbuild/core';
import { joinPath } from '@tsbuild/core';
import type { BuiltImage } from '@tsbuild/engine';

/** How a file tree is listed. */
export interface FileListOptions {
  /** Folder to list, with everything below. @default the root */
  readonly path?: string;
  /** Paths to leave out, with everything below. @default none */
  readonly exclude?: (path: string) => boolean;
  /** Also the beginning of each file's digest, which tells contents apart. @default false */
  readonly digests?: boolean;
}

/**
 * The files of an image as text for snapshots: a line each, in order of path: mode, owner, size, path. Times are left out.
 *
 * @example
 * expect(await listFiles(image, { path: 'app' })).toMatchInlineSnapshot(`
 *   "drwxr-xr-x 0:0        - app
 *   -rw-r--r-- 0:0       12 app/main.py"
 * `);
 */
export async function listFiles(image: Pick<BuiltImage, 'tree'>, options: FileListOptions = {}): Promise<string> {
  const tree = await image.tree();
  const lines: string[] = [];
  const pending = [options.path?.replaceAll(/^\/+|\/+$/g, '') ?? ''];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const entry = tree.lookup(path);
    if (options.exclude?.(path) === true) continue;
    if (entry !== undefined && path !== '') lines.push(line(entry, options.digests === true));
    const folder = path;
    pending.push(
      ...tree
        .list(path)
        .map((name) => joinPath(folder, name))
        .reverse(),
    );
  }
  return lines.join('\n');
}

const TYPES: Readonly<Record<TreeEntry['type'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  char: 'c',
  block: 'b',
  fifo: 'p',
};

function line(entry: TreeEntry, withDigest: boolean): string {
  const size = entry.type === 'file' ? String(entry.size) : '-';
  const target = entry.linkTarget === undefined ? '' : ` -> ${entry.linkTarget}`;
  const same = entry.hardlink === undefined ? '' : ` = ${entry.hardlink}`;
  const digest = withDigest && entry.digest !== undefined ? ` ${entry.digest.slice(0, 'sha256:'.length + 12)}` : '';
  return `${modeOf(entry)} ${entry.uid}:${entry.gid} ${size.padStart(8)} ${entry.path}${target}${same}${digest}`;
}

/** As `ls -l` writes it. */
function modeOf({ type, mode }: TreeEntry): string {
  const bits = Array.from('rwxrwxrwx', (letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-'));
  const special = (bit: number, at: number, letter: string) => {
    if (mode & bit) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return TYPES[type] + bits.join('');
}
