import { type ByteStream, type CallOptions, type Descriptor, DigestMismatchError, RegistryError } from '@tsbuild/core';
import { type HttpResponse, headerOf } from '../http/message.ts';
import { backOff, wait } from '../http/retry.ts';
import type { Session } from '../session.ts';
import { verified } from '../verified.ts';
import { createRewindable, type Rewindable } from './rewindable.ts';
import {
  cancelUpload,
  locationOf,
  resumeUpload,
  startUpload,
  type UploadState,
  type UploadTarget,
  withDigest,
} from './upload-state.ts';

/** Bytes kept for sending again. What a cut loses is what lay in the buffers on the way, a few megabytes. */
const REWIND_BYTES = 8 * 1024 * 1024;
/** A try that brought the registry at least this much counts as a new start. */
const PROGRESS_BYTES = 1024 * 1024;

interface Upload extends UploadTarget {
  readonly source: Rewindable;
  /** Bytes in one request, `Infinity` for all. */
  readonly chunkBytes: number;
}

/**
 * Sends a blob, verified, in one request or in chunks. After a cut the registry is asked what it has, and the rest is
 * sent; when that is gone by, the error is temporary: whoever can make the stream again may succeed.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
export async function uploadBlob(
  session: Session,
  blob: Descriptor,
  content: ByteStream,
  { signal, chunkBytes = Number.POSITIVE_INFINITY }: CallOptions & { readonly chunkBytes?: number | undefined },
): Promise<void> {
  const window = chunkBytes === Number.POSITIVE_INFINITY ? REWIND_BYTES : Math.max(REWIND_BYTES, chunkBytes);
  const source = createRewindable(verified(content, blob), window);
  const upload: Upload = { session, blob, source, chunkBytes, signal };
  try {
    await sendResuming(upload, await startUpload(upload));
  } finally {
    await source.close();
  }
}

async function sendResuming(upload: Upload, started: UploadState): Promise<void> {
  const { session, signal } = upload;
  let state = started;
  let failures = 0;
  for (;;) {
    const before = state.offset;
    try {
      return await sendFrom(upload, state, (reached) => {
        state = reached;
      });
    } catch (error) {
      const isTemporary = error instanceof RegistryError && error.isTemporary;
      if (!isTemporary) await cancelUpload(upload, state);
      if (!isTemporary || ++failures >= session.retry.attempts) throw error;
      await wait(backOff(failures, session.retry), signal);
      const resumed = await resumeUpload(upload, state);
      if (resumed === 'complete') return;
      if (resumed.offset < upload.source.earliest) throw error;
      if (resumed.offset - before >= PROGRESS_BYTES) failures = 0;
      state = resumed;
    }
  }
}

/** Sends the rest. Each chunk has its own place to go to, so what was reached must be told for the case of a cut. */
async function sendFrom(upload: Upload, from: UploadState, onReached: (state: UploadState) => void): Promise<void> {
  const { blob, chunkBytes } = upload;
  const chunk = Math.max(chunkBytes, from.minChunk);
  let state = from;
  while (blob.size - state.offset > chunk) {
    state = await sendChunk(upload, state, chunk);
    onReached(state);
  }
  await finish(upload, state);
}

async function sendChunk(upload: Upload, state: UploadState, length: number): Promise<UploadState> {
  const { session, blob, source, signal } = upload;
  const response = await session.request({
    method: 'PATCH',
    target: state.location,
    headers: { ...bodyHeaders(length), ...rangeHeader(state.offset, length) },
    body: source.read(state.offset, length),
    actions: ['push'],
    what: `upload of ${blob.digest}`,
    expect: [202, 416],
    signal,
  });
  await response.discard();
  if (response.status === 416) throw outOfStep(upload, response);
  return { ...state, location: locationOf(session, response), offset: state.offset + length };
}

async function finish({ session, blob, source, signal }: Upload, { location, offset }: UploadState): Promise<void> {
  const length = blob.size - offset;
  const response = await session.request({
    method: 'PUT',
    target: withDigest(location, blob),
    // A blob in one request has no range: some registries take one for a sign of chunks.
    headers: { ...bodyHeaders(length), ...(offset === 0 ? {} : rangeHeader(offset, length)) },
    body: length === 0 ? await drained(source, offset) : source.read(offset, length),
    actions: ['push'],
    what: `upload of ${blob.digest}`,
    expect: [201, 204],
    signal,
  });
  await response.discard();
  const stored = headerOf(response, 'docker-content-digest');
  if (stored !== undefined && stored !== blob.digest) throw new DigestMismatchError(blob.digest, stored.slice(0, 100));
}

/** Nothing is left to send, but the source has yet to prove that this is its end. */
async function drained(source: Rewindable, offset: number): Promise<Uint8Array> {
  for await (const _ of source.read(offset, 1));
  return new Uint8Array();
}

function bodyHeaders(length: number): Record<string, string> {
  return { 'content-type': 'application/octet-stream', 'content-length': String(length) };
}

function rangeHeader(offset: number, length: number): Record<string, string> {
  return length === 0 ? {} : { 'content-range': `${offset}-${offset + length - 1}` };
}

function outOfStep({ session, blob }: Upload, { status }: HttpResponse): RegistryError {
  const message = `upload of ${blob.digest}: registry ${session.endpoint.registry} has other bytes than were sent`;
  return new RegistryError('ERR_TSBUILD_REGISTRY', message, { status, isTemporary: true });
}
