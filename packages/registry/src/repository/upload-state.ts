import { type CallOptions, type Descriptor, NotFoundError, RegistryError } from '@tsbuild/core';
import { type HttpResponse, headerOf } from '../http/message.ts';
import { followUrl } from '../http/redirect.ts';
import type { Session } from '../session.ts';

/** A registry that does not hear of the end will clean up by itself: that is not worth a long wait. */
const CANCEL_TIMEOUT = 2_000;

/** An upload as the registry knows it. */
export interface UploadState {
  readonly location: URL;
  /** Bytes the registry has. */
  readonly offset: number;
  /** The least it takes in one chunk. */
  readonly minChunk: number;
}

/** What is uploaded, and where to. */
export interface UploadTarget extends CallOptions {
  readonly session: Session;
  readonly blob: Descriptor;
}

/** Opens an upload. */
export async function startUpload({ session, blob, signal }: UploadTarget): Promise<UploadState> {
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

/** Where the registry stands after a failure; a new start when it has forgotten the upload. */
export async function resumeUpload(upload: UploadTarget, state: UploadState): Promise<UploadState | 'complete'> {
  const { session, blob, signal } = upload;
  const response = await session.request({
    method: 'GET',
    target: state.location,
    actions: ['push'],
    what: `upload of ${blob.digest}`,
    expect: [204, 202, 200, 404, 400, 416],
    signal,
  });
  await response.discard();
  if (response.status === 404) return (await isThere(upload)) ? 'complete' : startUpload(upload);
  const isKnown = response.status < 400; // some refuse to speak of an upload that did not go as they expected
  const offset = isKnown ? receivedBytes(headerOf(response, 'range'), blob.size) : undefined;
  if (offset === undefined) {
    await cancelUpload(upload, state);
    return startUpload(upload);
  }
  const location = headerOf(response, 'location') === undefined ? state.location : locationOf(session, response);
  return { ...state, location, offset };
}

/** The answer to the last request may have been lost after the registry had done its work. */
async function isThere({ session, blob, signal }: UploadTarget): Promise<boolean> {
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
export async function cancelUpload({ session, blob }: UploadTarget, { location }: UploadState): Promise<void> {
  try {
    const response = await session.request({
      method: 'DELETE',
      target: location,
      actions: ['push'],
      what: `upload of ${blob.digest}`,
      expect: [204, 202, 200, 404],
      signal: AbortSignal.timeout(CANCEL_TIMEOUT),
    });
    await response.discard();
  } catch (error) {
    if (!(error instanceof RegistryError || error instanceof NotFoundError || isTimeout(error))) throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** Where the next request goes. A proxy that ends TLS before the registry makes it name plain HTTP: TLS stays. */
export function locationOf(session: Session, response: HttpResponse): URL {
  const location = headerOf(response, 'location') ?? '';
  if (location === '') throw new RegistryError('ERR_TSBUILD_REGISTRY', 'the registry named no place for the upload');
  const text = location.replace(/^http:\/\/([^/]+)/, (whole, host) =>
    host === session.endpoint.base.host ? session.endpoint.base.origin : whole,
  );
  return followUrl({ method: 'POST', url: session.endpoint.base }, text);
}

/** The URL that ends the upload. */
export function withDigest(location: URL, { digest }: Descriptor): URL {
  const url = new URL(location);
  url.search += `${url.search === '' ? '' : '&'}digest=${encodeURIComponent(digest)}`;
  return url;
}
