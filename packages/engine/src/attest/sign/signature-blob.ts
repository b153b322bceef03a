import { type KeyObject, sign, verify } from 'node:crypto';

/** Media type of a signed payload in a signature's manifest. */
export const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const SIGNATURE_ANNOTATION = 'dev.cosignproject.cosign/signature';
/** Artifact type of a signature that is kept as a referrer. */
export const SIGNATURE_ARTIFACT = 'application/vnd.dev.cosign.artifact.sig.v1+json';

/** SHA-256, except for keys that bring a hash of their own. */
function hashFor({ asymmetricKeyType }: KeyObject): 'sha256' | null {
  return asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

export function signPayload(payload: Uint8Array, key: KeyObject): string {
  return sign(hashFor(key), payload, key).toString('base64');
}

export function isSignedBy(payload: Uint8Array, signature: string, key: KeyObject): boolean {
  try {
    return verify(hashFor(key), payload, key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
