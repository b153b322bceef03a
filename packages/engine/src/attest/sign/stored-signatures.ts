import {
  type CallOptions,
  type Descriptor,
  type Digest,
  type ImageManifest,
  isIndex,
  MAX_MANIFEST_BYTES,
  NotFoundError,
  parseManifestOrIndex,
} from '@tsbuild/core';
import type { RemoteRepository } from '@tsbuild/registry';
import { PAYLOAD_TYPE, SIGNATURE_ANNOTATION, SIGNATURE_ARTIFACT } from './signature-blob.ts';

/** A signature as a registry keeps it; nothing about it is verified but its bytes. */
export interface StoredSignature {
  readonly payload: Buffer;
  readonly signature: string;
}

/** Payloads are a few hundred bytes. */
const MAX_PAYLOAD_BYTES = 64 * 1024;
const MAX_SIGNATURES = 1000;

/** The tag under which cosign keeps the signatures of a manifest. */
export function signatureTag(digest: Digest): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** The manifest of signatures under the tag; undefined where there is none. */
export async function taggedManifest(
  repository: RemoteRepository,
  digest: Digest,
  options: CallOptions,
): Promise<ImageManifest | undefined> {
  const descriptor = await repository.resolve(signatureTag(digest), options).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  return descriptor === undefined ? undefined : readManifest(repository, descriptor, options);
}

/** Signatures of a manifest: those under the tag, then those that refer to it. */
export async function* storedSignatures(
  repository: RemoteRepository,
  digest: Digest,
  options: CallOptions,
): AsyncGenerator<StoredSignature> {
  const tagged = await taggedManifest(repository, digest, options);
  if (tagged !== undefined) yield* signaturesIn(tagged, repository, options);
  const referrers = await repository.referrers(digest, SIGNATURE_ARTIFACT, options);
  for (const referrer of referrers.slice(0, MAX_SIGNATURES)) {
    const manifest = await readManifest(repository, referrer, options);
    if (manifest !== undefined) yield* signaturesIn(manifest, repository, options);
  }
}

async function* signaturesIn(
  { layers }: ImageManifest,
  repository: RemoteRepository,
  options: CallOptions,
): AsyncGenerator<StoredSignature> {
  for (const layer of layers.slice(0, MAX_SIGNATURES)) {
    const signature = layer.annotations?.[SIGNATURE_ANNOTATION];
    if (layer.mediaType !== PAYLOAD_TYPE || signature === undefined || layer.size > MAX_PAYLOAD_BYTES) continue;
    yield { payload: await readBytes(repository, layer, options), signature };
  }
}

async function readManifest(
  repository: RemoteRepository,
  descriptor: Descriptor,
  options: CallOptions,
): Promise<ImageManifest | undefined> {
  if (descriptor.size > MAX_MANIFEST_BYTES) return undefined;
  const document = parseManifestOrIndex(await readBytes(repository, descriptor, options), descriptor.mediaType);
  return isIndex(document) ? undefined : document;
}

async function readBytes(repository: RemoteRepository, blob: Descriptor, options: CallOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const bytes of await repository.fetch(blob, options)) chunks.push(Buffer.from(bytes));
  return Buffer.concat(chunks);
}
