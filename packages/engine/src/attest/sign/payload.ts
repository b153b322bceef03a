import type { Digest, Reference } from '@tsbuild/core';

const TYPES = new Set(['cosign container image signature', 'atomic container signature']);

/** What a signature is of. @see https://github.com/containers/image/blob/main/docs/containers-signature.5.md */
export interface SignedClaim {
  readonly digest: string;
  /** The repository, perhaps with a tag, that the signer had in mind. */
  readonly reference: string;
}

/** The bytes that are signed; cosign names Docker Hub by its old host. */
export function signingPayload({ registry, repository }: Reference, digest: Digest): Buffer {
  const host = registry === 'docker.io' ? 'index.docker.io' : registry;
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': `${host}/${repository}` },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
}

/** Undefined when the bytes claim nothing. */
export function readPayload(bytes: Uint8Array): SignedClaim | undefined {
  try {
    const { critical } = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const digest: unknown = critical.image['docker-manifest-digest'];
    const reference: unknown = critical.identity['docker-reference'];
    if (!TYPES.has(critical.type) || typeof digest !== 'string' || typeof reference !== 'string') return undefined;
    return { digest, reference };
  } catch {
    return undefined;
  }
}
