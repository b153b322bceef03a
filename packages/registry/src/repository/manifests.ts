import {
  type ByteStream,
  type CallOptions,
  ContentError,
  type Descriptor,
  type Digest,
  DigestMismatchError,
  digestOf,
  isDigest,
  MAX_MANIFEST_BYTES,
  MEDIA_TYPES,
  NotFoundError,
  parseReference,
  type RegistryError,
  UsageError,
} from '@tsbuild/core';
import { readAll } from '../bytes.ts';
import { contentLengthOf, type HttpResponse, headerOf } from '../http/message.ts';
import type { Session } from '../session.ts';
import { isManifestLike } from './content.ts';

const ACCEPT = [
  MEDIA_TYPES.ociIndex,
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.dockerIndex,
  MEDIA_TYPES.dockerManifest,
].join(', ');
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * What stands after `manifests/` for a tag, a digest or a full name of this repository.
 * @throws {UsageError} for a name of another repository
 */
export function tagOrDigest(session: Session, text: string): string {
  if (isDigest(text) || TAG.test(text)) return text;
  const { registry, repository, tag, digest } = parseReference(text);
  const own = `${session.endpoint.registry}/${session.repository}`;
  if (`${registry}/${repository}` !== own) throw new UsageError(`${JSON.stringify(text)} is not a name in ${own}`);
  return digest ?? tag ?? 'latest';
}

/** The name of an image for messages. */
function imageName({ endpoint, repository }: Session, reference: string): string {
  return `image ${endpoint.registry}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
}

/** Digest, size and media type of a tag or digest: by HEAD, or from the manifest itself where that does not tell. */
export async function resolveManifest(session: Session, text: string, options: CallOptions): Promise<Descriptor> {
  const reference = tagOrDigest(session, text);
  const head = await requestManifest(session, 'HEAD', reference, options);
  await head.discard();
  if (head.status === 404) throw imageNotFound(session, reference);
  const told = describedBy(head);
  const descriptor = told ?? (await describeByReading(session, reference, options));
  if (isDigest(reference) && descriptor.digest !== reference) {
    throw new DigestMismatchError(reference, descriptor.digest);
  }
  if (!isManifestLike(descriptor.mediaType)) throw unknownType(session, reference, descriptor.mediaType);
  return descriptor;
}

function requestManifest(
  session: Session,
  method: 'HEAD' | 'GET',
  reference: string,
  { signal }: CallOptions,
): Promise<HttpResponse> {
  return session.request({
    method,
    target: `manifests/${reference}`,
    headers: { accept: ACCEPT },
    actions: ['pull'],
    what: imageName(session, reference),
    expect: [200, 404],
    signal,
  });
}

function describedBy(response: HttpResponse): Descriptor | undefined {
  const digest = headerOf(response, 'docker-content-digest');
  const size = contentLengthOf(response);
  const mediaType = mediaTypeOf(response);
  if (!isDigest(digest) || size === undefined || size === 0 || mediaType === undefined) return undefined;
  return { mediaType, digest, size };
}

function mediaTypeOf(response: HttpResponse): string | undefined {
  return headerOf(response, 'content-type')?.split(';', 1).join().trim().toLowerCase();
}

async function describeByReading(session: Session, reference: string, options: CallOptions): Promise<Descriptor> {
  const response = await requestManifest(session, 'GET', reference, options);
  if (response.status === 404) throw imageNotFound(session, reference);
  const bytes = await readAll(response.body, MAX_MANIFEST_BYTES, imageName(session, reference));
  return { mediaType: mediaTypeOf(response) ?? '', digest: digestOf(bytes), size: bytes.byteLength };
}

/** Puts a manifest under a digest or tag. @returns whether the registry keeps its `subject` as a referrer itself */
export async function putManifest(
  session: Session,
  target: Descriptor,
  bytes: Uint8Array,
  reference: string,
  { signal }: CallOptions,
): Promise<{ readonly keepsReferrers: boolean }> {
  const response = await session.request({
    method: 'PUT',
    target: `manifests/${reference}`,
    headers: { 'content-type': target.mediaType },
    body: bytes,
    actions: ['push'],
    what: `push of ${imageName(session, reference)}`,
    expect: [201, 202, 204],
    signal,
  });
  await response.discard();
  const stored = headerOf(response, 'docker-content-digest');
  if (stored !== undefined && stored !== target.digest) {
    throw new DigestMismatchError(target.digest, stored.slice(0, 100));
  }
  return { keepsReferrers: headerOf(response, 'oci-subject') !== undefined };
}

/** The bytes of a manifest that is to be pushed, checked by the caller's stream. */
export function readManifest(content: ByteStream, digest: Digest): Promise<Uint8Array> {
  return readAll(content, MAX_MANIFEST_BYTES, `manifest ${digest}`);
}

function imageNotFound(session: Session, reference: string): NotFoundError {
  return new NotFoundError(`${imageName(session, reference)} does not exist in its registry`, {
    hint: 'check the spelling of the name and tag',
  });
}

function unknownType(session: Session, reference: string, mediaType: string): ContentError | RegistryError {
  const name = imageName(session, reference);
  return new ContentError(
    'ERR_TSBUILD_INVALID_MANIFEST',
    `${name} has a manifest of the unknown type ${JSON.stringify(mediaType.slice(0, 100))}`,
  );
}
