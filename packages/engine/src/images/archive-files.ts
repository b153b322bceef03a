import { type ByteStream, type Descriptor, type Digest, TsbuildError } from '@tsbuild/core';
import { readTar, type TarEntry } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { once } from '../once.ts';

/** A file of an archive, kept as a blob. */
export interface ArchiveFile {
  readonly digest: Digest;
  readonly size: number;
}

/** The files of an image archive, in the store as blobs of their own. Disposing removes those that nobody kept. */
export interface ArchiveFiles extends AsyncDisposable {
  /** By the name that the archive gives, links within it followed. */
  file(path: string): ArchiveFile | undefined;
  /** By what it contains, whatever it is called. */
  has(blob: Descriptor): boolean;
  /** A small file whole. @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST when it is not there */
  read(path: string, limit: number): Promise<Buffer>;
  /** A small file by what it contains. @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST when it is not there */
  readBlob(blob: Descriptor, limit: number): Promise<Buffer>;
  /** Keeps a document that was written for the archive, as if it had been in it. */
  add(bytes: Uint8Array): Promise<ArchiveFile>;
  /** These blobs stay. */
  keep(blobs: readonly Pick<Descriptor, 'digest'>[]): void;
}

/** More files than this are no archive of images. */
const MAX_FILES = 100_000;
const MAX_LINKS = 16;

/** Takes an uncompressed archive in one pass: names are only compared, so none can lead anywhere. @throws {LayerError} */
export async function readArchiveFiles(
  tar: ByteStream,
  store: Store,
  signal: AbortSignal | undefined,
): Promise<ArchiveFiles> {
  const files = new Map<string, ArchiveFile>();
  const links = new Map<string, string>();
  const before = await store.blobs.digests();
  const added = new Set<Digest>();
  const removeAdded = async () => {
    for (const digest of added) await store.blobs.remove(digest);
  };
  async function take(content: ByteStream): Promise<ArchiveFile> {
    const kept = await keepFile(content, store, signal);
    if (!before.has(kept.digest)) added.add(kept.digest);
    return kept;
  }
  try {
    for await (const { entry, content } of readTar(tar, { signal, maxEntries: MAX_FILES })) {
      const link = linkOf(entry);
      if (link !== undefined) links.set(entry.path, link);
      else if (entry.type === 'file') files.set(entry.path, await take(content));
    }
  } catch (error) {
    await removeAdded();
    throw error;
  }
  const file = (path: string) => files.get(follow(cleanPath(path), links, files));
  const sizes = new Map([...files.values()].map(({ digest, size }) => [digest, size]));
  async function read(digest: Digest | undefined, name: string, limit: number): Promise<Buffer> {
    const bytes = digest === undefined ? undefined : await store.blobs.readAll(digest, limit);
    if (bytes !== undefined) return bytes;
    throw new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', `the archive has no file ${JSON.stringify(name)}`);
  }
  return {
    file,
    has: ({ digest, size }) => sizes.get(digest) === size,
    read: (path, limit) => read(file(path)?.digest, path, limit),
    readBlob: ({ digest }, limit) => read(digest, digest, limit),
    add: (bytes) => take(once(bytes)),
    keep(blobs) {
      for (const { digest } of blobs) added.delete(digest);
    },
    [Symbol.asyncDispose]: removeAdded,
  };
}

async function keepFile(content: ByteStream, store: Store, signal: AbortSignal | undefined): Promise<ArchiveFile> {
  await using ingest = await store.blobs.ingest();
  for await (const bytes of content) {
    signal?.throwIfAborted();
    await ingest.write(bytes);
  }
  return await ingest.commit();
}

/** Old `docker save` writes a layer that comes again as a link to the first. */
function linkOf(entry: TarEntry): string | undefined {
  if (entry.type === 'symlink') return cleanPath(`${entry.path}/../${entry.linkTarget ?? ''}`);
  return entry.type === 'file' ? entry.hardlink : undefined;
}

function follow(path: string, links: ReadonlyMap<string, string>, files: ReadonlyMap<string, unknown>): string {
  let at = path;
  for (let step = 0; step < MAX_LINKS && !files.has(at); step += 1) at = links.get(at) ?? at;
  return at;
}

/** As the archive's own names are cleaned; what climbs out matches none of them. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
