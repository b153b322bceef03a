import { createHash } from 'node:crypto';
import { type FileTree, joinPath, type TreeEntry } from '@tsbuild/core';

/** What counts of one path when file systems are compared: everything but times. */
export interface Facts {
  readonly type: string;
  /** Octal, four digits; of symlinks always 0777. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly size?: number;
  /** SHA-256 in hex, of files. */
  readonly sha256?: string;
  readonly link?: string;
  /** Alphabetically first name of the same file, where there are several and this is not it. */
  readonly hardlinkTo?: string;
  readonly device?: string;
  /** Values in base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** Facts of everything in a tree but its root, by absolute path. */
export async function treeFacts(tree: FileTree): Promise<Map<string, Facts>> {
  const entries = [...walk(tree, '')];
  const digests = await digestsOf(
    tree,
    entries.filter(({ type }) => type === 'file'),
  );
  const firstNames = firstNamesOf(entries);
  return new Map(entries.map((entry) => [`/${entry.path}`, factsOf(entry, digests, firstNames)]));
}

function* walk(tree: FileTree, directory: string): Generator<TreeEntry> {
  for (const name of tree.list(directory)) {
    const entry = tree.lookup(joinPath(directory, name));
    if (entry === undefined) throw new Error(`${name} is listed in /${directory} but not there`);
    yield entry;
    if (entry.type === 'directory') yield* walk(tree, entry.path);
  }
}

async function digestsOf(
  tree: FileTree,
  files: readonly TreeEntry[],
): Promise<Map<string, { sha256: string; size: number }>> {
  const digests = new Map<string, { sha256: string; size: number }>();
  let hash = createHash('sha256');
  let size = 0;
  for await (const { path, bytes, last } of tree.readMany(files.map(({ path }) => path))) {
    hash.update(bytes);
    size += bytes.byteLength;
    if (!last) continue;
    digests.set(path, { sha256: hash.digest('hex'), size });
    hash = createHash('sha256');
    size = 0;
  }
  return digests;
}

/** For every file with several names: name in the tree → the alphabetically first one. */
function firstNamesOf(entries: readonly TreeEntry[]): Map<string, string> {
  const groups = new Map<string, string[]>();
  for (const { path, hardlink } of entries) {
    if (hardlink !== undefined) groups.set(hardlink, [...(groups.get(hardlink) ?? [hardlink]), path]);
  }
  const first = (names: readonly string[]) => [...names].sort()[0] ?? '';
  return new Map([...groups.values()].flatMap((names) => names.map((name) => [name, first(names)] as const)));
}

function factsOf(
  entry: TreeEntry,
  digests: ReadonlyMap<string, { sha256: string; size: number }>,
  firstNames: ReadonlyMap<string, string>,
): Facts {
  const content = digests.get(entry.path);
  const first = firstNames.get(entry.path);
  const xattrs = Object.entries(entry.xattrs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type: entry.type,
    mode: entry.type === 'symlink' ? '0777' : entry.mode.toString(8).padStart(4, '0'),
    uid: entry.uid,
    gid: entry.gid,
    ...content,
    ...(entry.linkTarget === undefined ? {} : { link: entry.linkTarget }),
    ...(first === undefined || first === entry.path ? {} : { hardlinkTo: `/${first}` }),
    ...(entry.device === undefined ? {} : { device: `${entry.device.major}:${entry.device.minor}` }),
    ...(xattrs.length === 0
      ? {}
      : { xattrs: Object.fromEntries(xattrs.map(([name, value]) => [name, Buffer.from(value).toString('base64')])) }),
  };
}

/** One line per difference between two file systems, in the order of the paths; empty when they are equal. */
export function diffFacts(expected: ReadonlyMap<string, Facts>, actual: ReadonlyMap<string, Facts>): string[] {
  const paths = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return paths.flatMap((path) => diffPath(path, expected.get(path), actual.get(path)));
}

function diffPath(path: string, expected: Facts | undefined, actual: Facts | undefined): string[] {
  if (expected === undefined) return [`${path}: expected nothing, got ${JSON.stringify(actual)}`];
  if (actual === undefined) return [`${path}: expected ${JSON.stringify(expected)}, got nothing`];
  const keys = Object.keys({ ...expected, ...actual }) as (keyof Facts)[];
  const wrong = keys.filter((key) => JSON.stringify(expected[key]) !== JSON.stringify(actual[key]));
  return wrong.map(
    (key) => `${path}: ${key}: expected ${JSON.stringify(expected[key])}, got ${JSON.stringify(actual[key])}`,
  );
}
