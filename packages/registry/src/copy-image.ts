import {
  type ByteStream,
  type CallOptions,
  ContentError,
  type Descriptor,
  isIndex,
  isIndexType,
  isManifestType,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  NotFoundError,
  parseManifestOrIndex,
  type ReadOnlyTarget,
  RegistryError,
  type Target,
} from '@tsbuild/core';
import { readAll } from './bytes.ts';
import { mapLimit } from './map-limit.ts';
import type { ReferencePusher } from './repository/remote-repository.ts';

const DEFAULT_CONCURRENCY = 3; // as dockerd
/** Times a blob is fetched and pushed anew when the connection is lost beyond what either side can resume. */
const BLOB_ATTEMPTS = 3;
/** Indexes within indexes deeper than this are not images of anybody. */
const MAX_DEPTH = 4;

/** How far one blob is. */
export interface CopyProgress {
  readonly descriptor: Descriptor;
  /** Bytes done. */
  readonly current: number;
  readonly status: 'copying' | 'copied' | 'exists' | 'mounted';
}

/** How {@link copyImage} copies, and who is told how far it is. */
export interface CopyImageOptions extends CallOptions {
  /** Names to give at the destination, after everything else has arrived. @default none */
  readonly tags?: readonly string[];
  /** Blobs in flight. @default 3 */
  readonly concurrency?: number;
  /** Called for each blob and manifest, with every chunk. */
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Entries of an index to leave out; the index itself is copied unchanged. @default all are copied */
  readonly filter?: (entry: Descriptor) => boolean;
  /** Tried first for each missing blob; true when the destination has it now. For mounts across repositories. */
  readonly mount?: (blob: Descriptor, options: CallOptions) => Promise<boolean>;
}

interface Copy extends CopyImageOptions {
  readonly from: ReadOnlyTarget;
  readonly to: Target;
}

/**
 * Copies an image, an index with everything it names, or a single blob between any two places: pull, push, save and
 * load. Blobs go first, then the manifest, then the tags, so that a destination never names what it lacks; what exists
 * there is not sent.
 * @returns the descriptor of what was copied
 * @throws {NotFoundError} @throws {DigestMismatchError} @throws {SizeMismatchError}
 */
export async function copyImage(
  from: ReadOnlyTarget,
  to: Target,
  source: Descriptor | string,
  options: CopyImageOptions = {},
): Promise<Descriptor> {
  const descriptor = typeof source === 'string' ? await from.resolve(source, { signal: options.signal }) : source;
  await copyNode({ ...options, from, to }, descriptor, 0);
  return descriptor;
}

async function copyNode(copy: Copy, descriptor: Descriptor, depth: number): Promise<void> {
  copy.signal?.throwIfAborted();
  if (!isManifestType(descriptor.mediaType) && !isIndexType(descriptor.mediaType)) return copyBlob(copy, descriptor);
  if (depth > MAX_DEPTH) {
    throw new ContentError('ERR_TSBUILD_INVALID_MANIFEST', `indexes are nested more than ${MAX_DEPTH} deep`);
  }
  const bytes = await readManifest(copy, descriptor);
  const document = parseManifestOrIndex(bytes, descriptor.mediaType);
  if (isIndex(document)) {
    const entries = document.manifests.filter((entry) => copy.filter?.(entry) ?? true);
    // One at a time: each manifest may be megabytes, and an index may have thousands.
    for (const entry of unique(entries)) await copyNode(copy, entry, depth + 1);
  } else {
    checkSize(document.config, MAX_CONFIG_BYTES, 'config');
    await copyBlobs(copy, unique([...document.layers, document.config]));
  }
  await (depth === 0 ? placeRoot(copy, descriptor, bytes) : place(copy, descriptor, bytes));
}

async function readManifest({ from, signal }: Copy, descriptor: Descriptor): Promise<Uint8Array> {
  checkSize(descriptor, MAX_MANIFEST_BYTES, 'manifest');
  return readAll(await from.fetch(descriptor, { signal }), MAX_MANIFEST_BYTES, `manifest ${descriptor.digest}`);
}

function checkSize({ digest, size }: Descriptor, limit: number, what: string): void {
  if (size <= limit) return;
  throw new ContentError('ERR_TSBUILD_TOO_LARGE', `${what} ${digest} has ${size} bytes, the limit is ${limit}`);
}

function unique(descriptors: readonly Descriptor[]): Descriptor[] {
  return [...new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor])).values()];
}

async function copyBlobs(copy: Copy, blobs: readonly Descriptor[]): Promise<void> {
  const { signal, concurrency = DEFAULT_CONCURRENCY } = copy;
  await mapLimit(blobs, { concurrency, signal }, (blob, either) => copyBlob({ ...copy, signal: either }, blob));
}

async function copyBlob(copy: Copy, blob: Descriptor): Promise<void> {
  const { to, signal, onProgress } = copy;
  const finished = (status: CopyProgress['status']) => onProgress?.({ descriptor: blob, current: blob.size, status });
  if (await to.exists(blob, { signal })) return finished('exists');
  if (copy.mount !== undefined && (await copy.mount(blob, { signal }))) return finished('mounted');
  await transfer(copy, blob);
  finished('copied');
}

async function transfer({ from, to, signal, onProgress }: Copy, blob: Descriptor): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const content = await from.fetch(blob, { signal });
      return await to.push(blob, counted(content, blob, onProgress), { signal });
    } catch (error) {
      const isTemporary = error instanceof RegistryError && error.isTemporary;
      if (!isTemporary || attempt === BLOB_ATTEMPTS) throw error;
    }
  }
}

async function* counted(
  content: ByteStream,
  descriptor: Descriptor,
  onProgress: CopyImageOptions['onProgress'],
): AsyncGenerator<Uint8Array> {
  let current = 0;
  for await (const bytes of content) {
    current += bytes.byteLength;
    onProgress?.({ descriptor, current, status: 'copying' });
    yield bytes;
  }
}

/** The last manifest, under its names. A place that takes both at once is spared a request for each name. */
async function placeRoot(copy: Copy, descriptor: Descriptor, bytes: Uint8Array): Promise<void> {
  const { to, signal, tags = [], onProgress } = copy;
  if (tags.length === 0 || !isReferencePusher(to)) {
    await place(copy, descriptor, bytes);
    for (const tag of tags) await to.tag(descriptor, tag, { signal });
    return;
  }
  let status: CopyProgress['status'] = 'exists';
  for (const tag of tags) {
    if (await isTagged(copy, descriptor, tag)) continue;
    await to.pushReference(descriptor, streamOf(bytes), tag, { signal });
    status = 'copied';
  }
  onProgress?.({ descriptor, current: descriptor.size, status });
}

function isReferencePusher(target: Target): target is Target & ReferencePusher {
  return 'pushReference' in target;
}

async function isTagged({ to, signal }: Copy, { digest }: Descriptor, tag: string): Promise<boolean> {
  try {
    return (await to.resolve(tag, { signal })).digest === digest;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}

async function place({ to, signal, onProgress }: Copy, descriptor: Descriptor, bytes: Uint8Array): Promise<void> {
  const exists = await to.exists(descriptor, { signal });
  if (!exists) await to.push(descriptor, streamOf(bytes), { signal });
  onProgress?.({ descriptor, current: descriptor.size, status: exists ? 'exists' : 'copied' });
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
