import {
  type ByteStream,
  type CallOptions,
  type Descriptor,
  DigestMismatchError,
  NotFoundError,
  RegistryError,
} from '@tsbuild/core';
import { type HttpResponse, headerOf } from '../http/message.ts';
import { followUrl } from '../http/redirect.ts';
import { backOff, wait } from '../http/retry.ts';
import type { Session } from '../session.ts';
import { verified } from '../verified.ts';
import { createRewindable, type Rewindable } from './rewindable.ts';

/** Bytes kept for sending again. What a cut loses is what lay in the buffers on the way, a few megabytes. */
const REWIND_BYTES = 8 * 1024 * 1024;
/** A try that brought the registry at least this much counts as a new start. */
const PROGRESS_BYTES = 1024 * 1024;

/** An upload as the registry knows it. */
interface UploadState {
  readonly location: URL;
  /** Bytes the registry has. */
  readonly offset: number;
  /** The least it takes in one chunk. */
  readonly minChunk: number;
}

interface Upload {
  readonly session: Session;
  readonly blob: Descriptor;
  readonly source: Rewindable;
  /** Bytes in one request, `Infinity` for all. */
  readonly chunkBytes: number;
  readonly signal: AbortSignal | undefined;
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
    await sendResuming(upload, await start(upload));
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
      return await sendFrom(upload, state);
    } catch (error) {
      const isTemporary = error instanceof RegistryError && error.isTemporary;
      if (!isTemporary) await cancel(upload, state);
      if (!isTemporary || ++failures >= session.retry.attempts) throw error;
      await wait(backOff(failures, session.retry), signal);
      const resumed = await resume(upload, state);
      if (resumed === 'complete') return;
      if (resumed.offset < upload.source.earliest) throw error;
      if (resumed.offset - before >= PROGRESS_BYTES) failures = 0;
      state = resumed;
    }
  }
}

async function start({ session, blob, signal }: Upload): Promise<UploadState> {
  const response = await session.request({
    method: 'POST',
    target: 'blobs/uploads/',
    headers: { 'content-length': '0' },
    actions: ['push'],
    what: `upload of ${blob.digest}`,
    expect: [202],
    signal,
  });
  await response.discard();
  const minChunk = Number(headerOf(response, 'oci-chunk-min-length') ?? 0);
  return {
    location: locationOf(session, response),
    offset: 0,
    minChunk: Number.isSafeInteger(minChunk) ? minChunk : 0,
  };
}

async function sendFrom(upload: Upload, started: UploadState): Promise<void> {
  const { blob, chunkBytes } = upload;
  const chunk = Math.max(chunkBytes, started.minChunk);
  let state = started;
  while (blob.size - state.offset > chunk) state = await sendChunk(upload, state, chunk);
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

/** Where the registry stands after a failure; a new start when it has forgotten the upload. */
async function resume(upload: Upload, state: UploadState): Promise<UploadState | 'complete'> {
  const { session, blob, signal } = upload;
  const response = await session.request({
    method: 'GET',
    target: state.location,
    actions: ['push'],
    what: `upload of ${blob.digest}`,
    expect: [204, 202, 200, 404],
    signal,
  });
  await response.discard();
  if (response.status === 404) return (await isThere(upload)) ? 'complete' : start(upload);
  const offset = receivedBytes(headerOf(response, 'range'), blob.size);
  if (offset === undefined) {
    await cancel(upload, state);
    return start(upload);
  }
  const location = headerOf(response, 'location') === undefined ? state.location : locationOf(session, response);
  return { ...state, location, offset };
}

/** The answer to the last request may have been lost after the registry had done its work. */
async function isThere({ session, blob, signal }: Upload): Promise<boolean> {
  const response = await session.request({
    method: 'HEAD',
    target: `blobs/${blob.digest}`,
    actions: ['push'],
    what: `blob ${blob.digest}`,
    expect: [200, 404],
    signal,
  });
  await response.discard();
  return response.status === 200;
}

/** `0-99` is a hundred bytes. Registries write `0-0` for one byte and for none, which tells nothing. */
function receivedBytes(range: string | undefined, size: number): number | undefined {
  const last = Number(/^(?:bytes=)?0-(\d{1,15})$/.exec(range ?? '')?.[1] ?? 0);
  return last === 0 || last >= size ? undefined : last + 1;
}

/** Leaves nothing behind, as far as the registry still listens. */
async function cancel({ session, blob }: Upload, { location }: UploadState): Promise<void> {
  try {
    const response = await session.request({
      method: 'DELETE',
      target: location,
      actions: ['push'],
      what: `upload of ${blob.digest}`,
      expect: [204, 202, 200, 404],
      signal: AbortSignal.timeout(5_000),
    });
    await response.discard();
  } catch (error) {
    if (!(error instanceof RegistryError || error instanceof NotFoundError || isTimeout(error))) throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function outOfStep({ session, blob }: Upload, { status }: HttpResponse): RegistryError {
  const message = `upload of ${blob.digest}: registry ${session.endpoint.registry} has other bytes than were sent`;
  return new RegistryError('ERR_TSBUILD_REGISTRY', message, { status, isTemporary: true });
}

/** Where the next request goes. A proxy that ends TLS before the registry makes it name plain HTTP: TLS stays. */
function locationOf(session: Session, response: HttpResponse): URL {
  const location = headerOf(response, 'location') ?? '';
  if (location === '') throw new RegistryError('ERR_TSBUILD_REGISTRY', 'the registry named no place for the upload');
  const text = location.replace(/^http:\/\/([^/]+)/, (whole, host) =>
    host === session.endpoint.base.host ? session.endpoint.base.origin : whole,
  );
  return followUrl({ method: 'POST', url: session.endpoint.base }, text);
}

function withDigest(location: URL, { digest }: Descriptor): URL {
  const url = new URL(location);
  url.search += `${url.search === '' ? '' : '&'}digest=${encodeURIComponent(digest)}`;
  return url;
}
