import { open } from 'node:fs/promises';
import { digestFromHex, isTsbuildError } from '@tsbuild/core';
import type { BlobStore } from './blob-store.ts';
import type { References } from './references.ts';
import { unseal } from './sealed.ts';
import { READ_FLAGS, type StoreFolder } from './store-folder.ts';
import { lookAt, rethrowUnlessMiss } from './system-errors.ts';
import { readVerified } from './verified-read.ts';

/** What is done with damage, and who is told how far it is. */
export interface VerifyOptions {
  /** Remove what is damaged, so that it is made again when needed. Found by reading, it would be anyway. @default false */
  readonly repair?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** One thing that is not as it was written. */
export interface VerifyProblem {
  /** Path below the root of the store. */
  readonly path: string;
  /** `damaged`: not the bytes that were written. `foreign`: tsbuild puts no such thing there. `dangling`: a name without its image. */
  readonly kind: 'damaged' | 'foreign' | 'dangling';
}

/** What was looked at, and what is wrong with it. */
export interface VerifyReport {
  /** Blobs that were hashed, and their bytes. */
  readonly blobs: number;
  readonly bytes: number;
  /** Records, trees, memos and names that were checked. */
  readonly records: number;
  readonly problems: readonly VerifyProblem[];
}

const HEX = /^[0-9a-f]{64}$/;
const FLAT = ['layers', 'trees', 'memo', 'refs'];
const FANNED_OUT = ['cache', 'ingredients', 'lineage'];
const MAX_RECORD_BYTES = 1024 * 1024 * 1024;

/** Hashes every byte of the store again. */
export async function verify(
  { folder, references, blobs }: { folder: StoreFolder; references: References; blobs: BlobStore },
  options: VerifyOptions,
): Promise<VerifyReport> {
  const problems: VerifyProblem[] = [];
  const hashed = await verifyBlobs(folder, problems, options.signal);
  const records = verifyRecords(folder, problems, options.signal);
  if (options.repair === true) {
    for (const { kind, path } of problems) if (kind === 'damaged') folder.remove(folder.path(path));
  }
  for (const { reference, descriptor } of await references.list()) {
    if (await blobs.exists(descriptor)) continue;
    problems.push({ path: reference, kind: 'dangling' });
    if (options.repair === true) await references.remove(reference);
  }
  return { ...hashed, records, problems };
}

async function verifyBlobs(
  folder: StoreFolder,
  problems: VerifyProblem[],
  signal: AbortSignal | undefined,
): Promise<{ blobs: number; bytes: number }> {
  let count = 0;
  let bytes = 0;
  for (const name of folder.names('blobs', 'sha256')) {
    const path = `blobs/sha256/${name}`;
    const size = HEX.test(name) ? await hashBlob(folder.path(path), name, signal) : undefined;
    if (size === undefined) problems.push({ path, kind: HEX.test(name) ? 'damaged' : 'foreign' });
    count += 1;
    bytes += size ?? 0;
  }
  return { blobs: count, bytes };
}

/** Bytes of a good blob; undefined for a damaged one. One that was removed meanwhile is as good as an empty one. */
async function hashBlob(path: string, hex: string, signal: AbortSignal | undefined): Promise<number | undefined> {
  const file = await open(path, READ_FLAGS).catch(rethrowUnlessMiss);
  if (file === undefined) return lookAt(path) === undefined ? 0 : undefined;
  const stat = await file.stat();
  if (!stat.isFile()) {
    await file.close();
    return undefined;
  }
  try {
    const target = { mediaType: '', digest: digestFromHex(hex), size: stat.size };
    for await (const _ of readVerified(file, target, { onDamage: () => undefined, signal }));
    return stat.size;
  } catch (error) {
    if (isTsbuildError(error)) return undefined;
    throw error;
  }
}

function verifyRecords(folder: StoreFolder, problems: VerifyProblem[], signal: AbortSignal | undefined): number {
  let count = 0;
  for (const path of recordPaths(folder)) {
    signal?.throwIfAborted();
    const sealed = folder.peek(folder.path(path), MAX_RECORD_BYTES);
    const isGone = sealed === undefined && lookAt(folder.path(path)) === undefined;
    if (!isGone && (sealed === undefined || unseal(path, sealed) === undefined))
      problems.push({ path, kind: 'damaged' });
    count += 1;
  }
  return count;
}

function* recordPaths(folder: StoreFolder): Generator<string> {
  for (const kind of FLAT) {
    for (const name of folder.names(kind)) yield `${kind}/${name}`;
  }
  for (const kind of FANNED_OUT) {
    for (const two of folder.names(kind)) {
      for (const name of folder.names(kind, two)) yield `${kind}/${two}/${name}`;
    }
  }
}
