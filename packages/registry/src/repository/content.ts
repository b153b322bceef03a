import {
  type ByteStream,
  type CallOptions,
  ContentError,
  type Descriptor,
  isIndexType,
  isManifestType,
  MAX_MANIFEST_BYTES,
  RegistryError,
  SizeMismatchError,
} from '@tsbuild/core';
import { contentLengthOf, type HttpResponse, headerOf } from '../http/message.ts';
import { backOff, wait } from '../http/retry.ts';
import type { Session } from '../session.ts';
import { verified } from '../verified.ts';
import type { FetchUnverifiedOptions } from './remote-repository.ts';

/** A connection that brought at least this much before it was cut counts as a new start, not as one more failure. */
const PROGRESS_BYTES = 1024 * 1024;

/** From here on a connection of its own is worth its price. */
const LARGE_BYTES = 4 * 1024 * 1024;

/** True for what registries keep under `manifests/` rather than `blobs/`. */
export function isManifestLike(mediaType: string): boolean {
  return isManifestType(mediaType) || isIndexType(mediaType);
}

/** Path of the content below its repository. */
export function contentPath({ mediaType, digest }: Descriptor): string {
  return `${isManifestLike(mediaType) ? 'manifests' : 'blobs'}/${digest}`;
}

/** Streams a blob or manifest, verified, going on where it was when the connection is cut. */
export async function fetchContent(session: Session, target: Descriptor, options: CallOptions): Promise<ByteStream> {
  if (isManifestLike(target.mediaType) && target.size > MAX_MANIFEST_BYTES) {
    throw new ContentError(
      'ERR_TSBUILD_TOO_LARGE',
      `manifest ${target.digest} has ${target.size} bytes, the limit is ${MAX_MANIFEST_BYTES}`,
    );
  }
  return verified(await fetchUnverified(session, target, options), target);
}

/** The same stream for a reader that checks size and digest itself. */
export async function fetchUnverified(
  session: Session,
  target: Descriptor,
  { reusesMemory = false, signal }: FetchUnverifiedOptions,
): Promise<ByteStream> {
  const open = (offset: number): Promise<ByteStream> => openAt(session, target, offset, { signal });
  const stream = resuming(session, open, await open(0), target, { signal });
  return reusesMemory ? stream : copied(stream);
}

async function* copied(stream: ByteStream): AsyncGenerator<Uint8Array> {
  for await (const bytes of stream) {
    const copy = Buffer.allocUnsafeSlow(bytes.byteLength);
    copy.set(bytes);
    yield copy;
  }
}

async function openAt(
  session: Session,
  target: Descriptor,
  offset: number,
  { signal }: CallOptions,
): Promise<ByteStream> {
  const response = await session.request({
    method: 'GET',
    target: contentPath(target),
    headers: {
      accept: isManifestLike(target.mediaType) ? target.mediaType : '*/*',
      ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
    },
    isLarge: target.size - offset >= LARGE_BYTES,
    actions: ['pull'],
    what: contentName(target),
    expect: [200, 206, 416],
    signal,
  });
  try {
    return bodyFrom(response, target, offset);
  } catch (error) {
    await response.discard();
    throw error;
  }
}

function contentName({ mediaType, digest }: Descriptor): string {
  return `${isManifestLike(mediaType) ? 'manifest' : 'blob'} ${digest}`;
}

/** The body from `offset` on, whether the registry heeded the range or sent everything again. */
function bodyFrom(response: HttpResponse, { size }: Descriptor, offset: number): ByteStream {
  if (response.status === 416) throw new SizeMismatchError(size, offset);
  const [start, total] = response.status === 206 ? contentRange(response, offset) : [0, contentLengthOf(response)];
  if (total !== undefined && total !== size) throw new SizeMismatchError(size, total);
  if (start > offset) throw new SizeMismatchError(offset, start, { hint: 'the registry skipped a part' });
  return start === offset ? response.body : skip(response.body, offset - start);
}

function contentRange(response: HttpResponse, offset: number): [start: number, total: number | undefined] {
  const [, start, total] =
    /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headerOf(response, 'content-range') ?? '') ?? [];
  return [Number(start ?? offset), total === undefined || total === '*' ? undefined : Number(total)];
}

async function* skip(stream: ByteStream, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const bytes of stream) {
    if (left < bytes.byteLength) yield bytes.subarray(left);
    left = Math.max(0, left - bytes.byteLength);
  }
}

/** The stream from `open`, opened anew where it was cut, until `size` bytes have come. */
async function* resuming(
  { retry }: Session,
  open: (offset: number) => Promise<ByteStream>,
  first: ByteStream,
  { size }: Descriptor,
  { signal }: CallOptions,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let failures = 0;
  for (let stream = first; ; stream = await open(offset)) {
    const start = offset;
    try {
      for await (const bytes of stream) {
        offset += bytes.byteLength;
        yield bytes;
      }
      if (offset < size) throw new SizeMismatchError(size, offset); // an end without a cut: perhaps of a proxy's making
      return;
    } catch (error) {
      if (offset >= size && isTemporary(error)) return;
      failures = offset - start >= PROGRESS_BYTES ? 1 : failures + 1;
      const isResumable = isTemporary(error) || error instanceof SizeMismatchError;
      if (!isResumable || failures >= retry.attempts) throw error;
    }
    await wait(backOff(failures, retry), signal);
  }
}

function isTemporary(error: unknown): boolean {
  return error instanceof RegistryError && error.isTemporary;
}
