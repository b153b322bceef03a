import { createPublicKey, type KeyObject } from 'node:crypto';
import { type CallOptions, type Descriptor, digestOf, MEDIA_TYPES, type Reference, TsbuildError } from '@tsbuild/core';
import type { RemoteRepository } from '@tsbuild/registry';
import { once } from '../../once.ts';
import { readSecret } from '../../solve/read-secret.ts';
import { signingPayload } from './payload.ts';
import { openPrivateKey } from './private-key.ts';
import type { SignOptions } from './sign-options.ts';
import { isSignedBy, PAYLOAD_TYPE, SIGNATURE_ANNOTATION, SIGNATURE_ARTIFACT, signPayload } from './signature-blob.ts';
import { signatureTag, storedSignatures, taggedManifest } from './stored-signatures.ts';

/** Signs manifests that are in a repository. What the key has signed already is not signed again. */
export type Signer = (
  repository: RemoteRepository,
  targets: readonly Descriptor[],
  options: CallOptions,
) => Promise<void>;

/** Opens the key, so that a wrong password is known before anything is built. @throws {TsbuildError} ERR_TSBUILD_SIGNING_KEY */
export async function openSigner({ key, password, attach = 'tag' }: SignOptions): Promise<Signer> {
  const pem = await readKey(key);
  const privateKey = await openPrivateKey(pem.toString('utf8'), password ?? process.env.COSIGN_PASSWORD ?? '');
  const place = attach === 'tag' ? pushUnderTag : pushAsReferrer;
  return async (repository, targets, options) => {
    for (const target of targets) {
      if (await isSigned(repository, target, privateKey, options)) continue;
      await place(repository, target, signedLayer(repository.reference, target, privateKey), options);
    }
  };
}

async function readKey(source: SignOptions['key']): Promise<Buffer> {
  const pem = await readSecret('of a signature', source).catch((cause: unknown) => {
    const place = 'file' in source ? source.file : 'its source';
    throw new TsbuildError('ERR_TSBUILD_SIGNING_KEY', `the signing key cannot be used: ${place} cannot be read`, {
      cause,
    });
  });
  if (pem !== undefined) return pem;
  throw new TsbuildError('ERR_TSBUILD_SIGNING_KEY', 'the signing key cannot be used: its variable is not set');
}

async function isSigned(
  repository: RemoteRepository,
  { digest }: Descriptor,
  privateKey: KeyObject,
  options: CallOptions,
): Promise<boolean> {
  const publicKey = createPublicKey(privateKey);
  const wanted = signingPayload(repository.reference, digest);
  for await (const { payload, signature } of storedSignatures(repository, digest, options)) {
    if (payload.equals(wanted) && isSignedBy(payload, signature, publicKey)) return true;
  }
  return false;
}

interface Blob {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

function signedLayer(reference: Reference, { digest }: Descriptor, key: KeyObject): Blob {
  const bytes = signingPayload(reference, digest);
  const annotations = { [SIGNATURE_ANNOTATION]: signPayload(bytes, key) };
  return { bytes, descriptor: { ...describe(PAYLOAD_TYPE, bytes), annotations } };
}

/** Beside the signatures of others, as cosign does; two signers at once may lose one. */
async function pushUnderTag(
  repository: RemoteRepository,
  { digest }: Descriptor,
  layer: Blob,
  options: CallOptions,
): Promise<void> {
  const others = (await taggedManifest(repository, digest, options))?.layers ?? [];
  const layers = [...others, layer.descriptor];
  const config = jsonBlob(MEDIA_TYPES.ociConfig, {
    architecture: '',
    os: '',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map((each) => each.digest) },
  });
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config: config.descriptor, layers };
  const { descriptor, bytes } = jsonBlob(MEDIA_TYPES.ociManifest, manifest);
  for (const blob of [layer, config]) await pushBlob(repository, blob, options);
  await repository.pushReference(descriptor, once(bytes), signatureTag(digest), options);
}

async function pushAsReferrer(
  repository: RemoteRepository,
  { mediaType, digest, size }: Descriptor,
  layer: Blob,
  options: CallOptions,
): Promise<void> {
  const config = jsonBlob(MEDIA_TYPES.ociEmpty, {});
  const manifest = jsonBlob(MEDIA_TYPES.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    artifactType: SIGNATURE_ARTIFACT,
    config: config.descriptor,
    layers: [layer.descriptor],
    subject: { mediaType, digest, size },
  });
  for (const blob of [layer, config]) await pushBlob(repository, blob, options);
  await repository.push(manifest.descriptor, once(manifest.bytes), options);
}

async function pushBlob(
  repository: RemoteRepository,
  { descriptor, bytes }: Blob,
  options: CallOptions,
): Promise<void> {
  if (!(await repository.exists(descriptor, options))) await repository.push(descriptor, once(bytes), options);
}

function jsonBlob(mediaType: string, content: object): Blob {
  const bytes = Buffer.from(JSON.stringify(content));
  return { bytes, descriptor: describe(mediaType, bytes) };
}

function describe(mediaType: string, bytes: Buffer): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
