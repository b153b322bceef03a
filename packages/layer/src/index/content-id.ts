import { createHash, type Hash } from 'node:crypto';
import { type Digest, digestFromHex, type TreeEntry } from '@tsbuild/core';
import { ByteSink } from './byte-sink.ts';
import type { RowDigests } from './row-digests.ts';
import { type NamedRow, NO_NUMBER, pathOf, type Row } from './rows.ts';

/** Which times are part of a layer's content identity. By default none is, as for copied files. */
export interface ContentIdentityOptions {
  /** Times are content, as in the layer of a RUN. @default false */
  readonly timesCount?: boolean | undefined;
  /** Seconds. A time from `from` to `to`, both included, means "now" and is left out even if times count. */
  readonly stepWindow?: { readonly from: number; readonly to: number } | undefined;
}

/** Changes with the encoding below: identities of different versions never meet. */
const DOMAIN = 'tsbuild layer content v1\n';
const FLUSH_BYTES = 64 * 1024;

const KIND = { file: 1, directory: 2, symlink: 3, char: 4, block: 5, fifo: 6, link: 7, whiteout: 8 } as const;
const FLAG = { hasTime: 1, isOpaque: 2, isImplicit: 4 } as const;

/**
 * Digest of what a layer's entries say: path, type, mode, owner, link target, hard links, device, attributes, content,
 * whiteouts and opacity, and the times that count. The order of the tar and its encoding do not enter. Every field has
 * a fixed size or its length before it.
 */
export function contentIdOfRows(rows: readonly Row[], digests: RowDigests, options: ContentIdentityOptions): Digest {
  const hash = createHash('sha256').update(DOMAIN);
  const sink = new ByteSink(2 * FLUSH_BYTES);
  const firstNames = new Map<NamedRow, string>();
  const linked = linkedFiles(rows);
  for (const row of rows) {
    if (row.type === 'whiteout') encodeWhiteout(sink, pathOf(row));
    else if (!row.isImplicit || row.isOpaque) encodeRow(sink, row, { firstNames, linked, digests }, options);
    if (sink.length > FLUSH_BYTES) flush(sink, hash);
  }
  flush(sink, hash);
  return digestFromHex(hash.digest('hex'));
}

/** What is known beside a row. */
interface Files {
  /** Those that have several names, and the first of those that came so far. */
  readonly linked: ReadonlySet<NamedRow>;
  readonly firstNames: Map<NamedRow, string>;
  readonly digests: RowDigests;
}

function linkedFiles(rows: readonly Row[]): ReadonlySet<NamedRow> {
  const linked = new Set<NamedRow>();
  for (const row of rows) if (row.type !== 'whiteout' && row.linkOf !== undefined) linked.add(row.linkOf);
  return linked;
}

function flush(sink: ByteSink, hash: Hash): void {
  hash.update(sink.view());
  sink.clear();
}

function encodeWhiteout(sink: ByteSink, path: string): void {
  sink.u8(KIND.whiteout);
  sink.sizedName(path);
}

function encodeRow(
  sink: ByteSink,
  row: NamedRow,
  { firstNames, linked, digests }: Files,
  options: ContentIdentityOptions,
): void {
  const path = pathOf(row);
  const file = row.linkOf ?? row;
  const firstName = row.linkOf === undefined && row.hardlink !== undefined ? row.hardlink : firstNames.get(file);
  if (firstName !== undefined) {
    sink.u8(KIND.link);
    sink.sizedName(path);
    sink.sizedName(firstName);
    return;
  }
  if (linked.has(file)) firstNames.set(file, path);
  const time = timeThatCounts(row.mtime, options);
  sink.u8(KIND[row.type]);
  sink.u8(
    (time === undefined ? 0 : FLAG.hasTime) |
      (row.isOpaque ? FLAG.isOpaque : 0) |
      (row.isImplicit ? FLAG.isImplicit : 0),
  );
  sink.sizedName(path);
  sink.u16(row.mode);
  sink.u32(row.uid);
  sink.u32(row.gid);
  if (time !== undefined) sink.f64(time);
  encodeXattrs(sink, row.xattrs);
  encodeSpecifics(sink, row, digests);
}

function encodeSpecifics(sink: ByteSink, row: NamedRow, digests: RowDigests): void {
  const { type, digest, linkTarget, device } = row;
  if (type === 'file') {
    if (digest === NO_NUMBER) throw new Error(`the content of ${pathOf(row)} has no digest`);
    sink.bytes(digests.bytes(digest));
  } else if (type === 'symlink') {
    sink.sizedName(linkTarget ?? '');
  } else if (type === 'char' || type === 'block') {
    sink.u32(device?.major ?? 0);
    sink.u32(device?.minor ?? 0);
  }
}

function encodeXattrs(sink: ByteSink, xattrs: TreeEntry['xattrs']): void {
  const names = Object.keys(xattrs ?? {}).sort();
  sink.u32(names.length);
  for (const name of names) {
    const value = xattrs?.[name] ?? new Uint8Array();
    sink.sizedName(name);
    sink.u32(value.length);
    sink.bytes(value);
  }
}

/** Archives keep whole seconds, so a time is "now" from the second in which the step began. */
function timeThatCounts(mtime: number, { timesCount = false, stepWindow }: ContentIdentityOptions): number | undefined {
  if (!timesCount) return undefined;
  const seconds = Math.floor(mtime);
  if (stepWindow === undefined) return seconds;
  return seconds >= Math.floor(stepWindow.from) && seconds <= stepWindow.to ? undefined : seconds;
}
