import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  type CallOptions,
  type Digest,
  formatReference,
  parseReference,
  type Reference,
  TsbuildError,
} from '@tsbuild/core';
import { createRegistryClient, type RemoteRepository } from '@tsbuild/registry';
import { readPayload, type SignedClaim } from './payload.ts';
import { isSignedBy } from './signature-blob.ts';
import { storedSignatures } from './stored-signatures.ts';
import type { VerifiedSignature, VerifySignatureOptions } from './verify-signature.ts';

/** The first valid signature of an image. @throws {TsbuildError} */
export async function findSignature(
  image: string,
  publicKey: string | Uint8Array,
  options: VerifySignatureOptions,
): Promise<VerifiedSignature> {
  const key = readPublicKey(publicKey);
  const reference = parseReference(image);
  const { credentials, registries, signal } = options;
  await using client = createRegistryClient({
    ...(credentials === undefined ? {} : { credentials }),
    ...(registries === undefined ? {} : { hosts: registries }),
  });
  const repository = client.repository(reference);
  const { digest } = await repository.resolve(reference.digest ?? reference.tag ?? 'latest', { signal });
  return { digest, reference: (await findValid(repository, digest, key, { signal })).reference };
}

async function findValid(
  repository: RemoteRepository,
  digest: Digest,
  key: KeyObject,
  options: CallOptions,
): Promise<SignedClaim> {
  const { reference } = repository;
  let count = 0;
  for await (const { payload, signature } of storedSignatures(repository, digest, options)) {
    count += 1;
    const claim = isSignedBy(payload, signature, key) ? readPayload(payload) : undefined;
    if (claim?.digest === digest && isSameRepository(claim.reference, reference)) return claim;
  }
  const problem = count === 0 ? 'it has no signature' : `none of its ${count} signatures is by this key for this image`;
  throw new TsbuildError('ERR_TSBUILD_SIGNATURE', `image ${formatReference(reference)} is not verified: ${problem}`);
}

function isSameRepository(claimed: string, { registry, repository }: Reference): boolean {
  try {
    const { registry: host, repository: path } = parseReference(claimed.replace(/^index\.docker\.io\//, 'docker.io/'));
    return host === registry && path === repository;
  } catch {
    return false;
  }
}

function readPublicKey(pem: string | Uint8Array): KeyObject {
  try {
    return createPublicKey(typeof pem === 'string' ? pem : Buffer.from(pem));
  } catch (cause) {
    throw new TsbuildError('ERR_TSBUILD_SIGNING_KEY', 'the public key cannot be read: it is no key in PEM', { cause });
  }
}
