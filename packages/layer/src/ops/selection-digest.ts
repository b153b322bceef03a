import { createHash } from 'node:crypto';
import { type Digest, digestFromHex, type TreeEntry } from '@tsbuild/core';
import { keptXattrs } from './kept-xattrs.ts';
import {
  contentPath,
  type FileDigestMap,
  type FileDigests,
  type SelectedItem,
  type SelectedSource,
  type Selection,
  type SelectionDigest,
  type SelectionDigestOptions,
} from './selection.ts';

const FORMAT = 'selection/v1';
const BATCH_LENGTH = 64 * 1024;

/**
 * Identity of what is selected: relative paths, types, modes, owners, links, devices, kept xattrs and contents; never
 * times nor where the tree is. Asks `digests` once, for the files whose digest the tree does not know.
 */
export async function selectionDigest(
  selection: Selection,
  digests: FileDigests,
  options: SelectionDigestOptions,
): Promise<SelectionDigest> {
  const files = await fileDigests(selection, digests);
  const hash = createHash('sha256').update(`${FORMAT}\n`);
  for (const source of selection.sources) {
    hash.update(`${JSON.stringify([source.entry.type === 'directory' ? null : source.name])}\n`);
    for (const lines of inBatches(sourceLines(source, files, options))) hash.update(lines);
  }
  return { digest: digestFromHex(hash.digest('hex')), files };
}

/** Hashing a few long texts is faster than many short ones. */
function* inBatches(lines: Iterable<string>): Generator<string> {
  let batch = '';
  for (const line of lines) {
    batch += line;
    if (batch.length < BATCH_LENGTH) continue;
    yield batch;
    batch = '';
  }
  yield batch;
}

/** What the tree knows by itself is not asked for, and nothing is copied: there may be many. */
async function fileDigests({ tree, sources, files }: Selection, digests: FileDigests): Promise<FileDigestMap> {
  if (sources.every(({ items }) => !items.knowsDigests)) return digests(files);
  const known = (path: string): Digest | undefined => tree.lookup(path)?.digest;
  const missing = files.filter((path) => known(path) === undefined);
  if (missing.length === 0) return { get: known };
  const computed = await digests(missing);
  return { get: (path) => known(path) ?? computed.get(path) };
}

function contentDigest(entry: TreeEntry, files: FileDigestMap): Digest {
  const digest = (entry.hardlink === undefined ? entry.digest : undefined) ?? files.get(contentPath(entry));
  if (digest === undefined) throw new Error(`no digest for ${contentPath(entry)}`);
  return digest;
}

function* sourceLines(
  { items }: SelectedSource,
  files: FileDigestMap,
  options: SelectionDigestOptions,
): Generator<string> {
  const firstNames = new Map<string, string>();
  for (const item of items) {
    const content = item.entry.type === 'file' ? contentPath(item.entry) : undefined;
    const firstName = content === undefined ? undefined : firstNames.get(content);
    if (content !== undefined && firstName === undefined && items.linked.has(content))
      firstNames.set(content, item.path);
    const identity = firstName ?? (content === undefined ? null : contentDigest(item.entry, files));
    yield `[${jsonText(item.path)},${metadata(item, options)},${firstName !== undefined},${jsonOrNull(identity)}]\n`;
  }
}

/** Part of a JSON array. Put together by hand, for it is needed of every file and has few forms. */
function metadata({ entry, isPassage }: SelectedItem, { modesCount, ownersCount }: SelectionDigestOptions): string {
  const modeCounts = entry.type !== 'symlink' && (modesCount || isPassage);
  const mode = modeCounts ? entry.mode : null;
  const owner = ownersCount ? `[${entry.uid},${entry.gid}]` : null;
  const device = entry.device === undefined ? null : `[${entry.device.major},${entry.device.minor}]`;
  const xattrs = JSON.stringify(xattrLines(entry));
  return `"${entry.type}",${isPassage},${mode},${owner},${jsonOrNull(entry.linkTarget ?? null)},${device},${xattrs}`;
}

function jsonOrNull(text: string | null): string {
  return text === null ? 'null' : jsonText(text);
}

/** What JSON writes otherwise than it is: quotes, backslashes, control characters, and surrogates where they are alone. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

function jsonText(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function xattrLines(entry: TreeEntry): [string, string][] | null {
  const kept = keptXattrs(entry.xattrs);
  if (kept === undefined) return null;
  return Object.entries(kept).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
}
