import { type Digest, type FileTree, HashTap, isTsbuildError, systemErrorCode } from '@tsbuild/core';
import { decompress } from '../compression/decompress.ts';
import { createTarParser } from '../tar/parser.ts';
import { readTar } from '../tar/read-tar.ts';
import type { TarEntry, TarMember } from '../tar/tar-entry.ts';
import { sourceChanged } from './content-feed.ts';

/** A file of a tree that may be an archive. */
export interface ArchiveFile {
  readonly tree: FileTree;
  readonly path: string;
  /** Digest of the file as it is, when the step's key says so. */
  readonly expected?: Digest | undefined;
}

/** An archive without an entry in this much is none: a file of zeros must not be read to its end. */
const MAX_SNIFFED_BYTES = 16 * 1024 * 1024;
/** All entries of an archive are kept in memory until its layer is written. */
const LIMITS = { dotdot: 'drop', maxEntries: 2_000_000 } as const;

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * True when a file begins as a tar archive does that has an entry, plain or compressed, whatever its name. A file
 * that is damaged before its first entry is none.
 */
export async function isArchive(file: ArchiveFile, { signal }: ReadOptions = {}): Promise<boolean> {
  let hasEntry = false;
  const parser = createTarParser(
    {
      entry: () => {
        hasEntry = true;
      },
      content: () => undefined,
    },
    LIMITS,
  );
  let sniffed = 0;
  try {
    for await (const bytes of decompress(fileBytes(file, signal), { signal })) {
      parser.push(bytes);
      sniffed += bytes.byteLength;
      if (hasEntry || sniffed > MAX_SNIFFED_BYTES) break;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return hasEntry;
}

/** Calls `onEntry` for each entry in order, with its number; contents are passed over. @throws {LayerError} */
export async function scanArchive(
  file: ArchiveFile,
  { signal }: ReadOptions,
  onEntry: (entry: TarEntry, index: number) => void,
): Promise<void> {
  let index = 0;
  const entry = (found: TarEntry): void => onEntry(found, index++);
  const parser = createTarParser({ entry, content: () => undefined }, LIMITS);
  for await (const bytes of decompress(fileBytes(file, signal), { signal })) parser.push(bytes);
  parser.finish();
}

/**
 * Entries with their contents. At the end the whole file has been read and its digest checked.
 * @throws {TsbuildError} ERR_TSBUILD_CONTEXT_CHANGED
 */
export async function* readArchive(file: ArchiveFile, { signal }: ReadOptions): AsyncGenerator<TarMember> {
  const bytes = fileBytes(file, signal);
  const tap = new HashTap();
  try {
    yield* readTar(decompress(leftOpen(bytes, tap), { signal }), { ...LIMITS, signal });
    for await (const rest of bytes) tap.update(rest);
    if (file.expected !== undefined && tap.digest() !== file.expected) throw sourceChanged(file.path);
  } finally {
    await bytes.return(undefined);
  }
}

/** The bytes through a tap; whoever leaves early leaves the rest to be read. */
async function* leftOpen(bytes: AsyncGenerator<Uint8Array>, tap: HashTap): AsyncGenerator<Uint8Array> {
  for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) {
    tap.update(next.value);
    yield next.value;
  }
}

/** Copies, since what decompresses may ask for the next piece before it is done with this one. */
async function* fileBytes({ tree, path }: ArchiveFile, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of tree.readMany([path], { signal })) yield Uint8Array.from(bytes);
}

/** The file cannot be read as an archive; a tool that is not installed says nothing about the file. */
function isDamage(error: unknown): boolean {
  return isTsbuildError(error) && DAMAGE.has(error.code) && systemErrorCode(error.cause) !== 'ENOENT';
}

const DAMAGE: ReadonlySet<string> = new Set([
  'ERR_TSBUILD_LAYER',
  'ERR_TSBUILD_UNSAFE_PATH',
  'ERR_TSBUILD_COMPRESSION',
  'ERR_TSBUILD_TOO_LARGE',
]);
