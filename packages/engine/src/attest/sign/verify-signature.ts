import type { CallOptions, Digest } from '@tsbuild/core';
import type { BuilderOptions } from '../../options.ts';

/** How the registry is reached. */
export interface VerifySignatureOptions extends CallOptions, Pick<BuilderOptions, 'credentials' | 'registries'> {}

/** What a valid signature says. */
export interface VerifiedSignature {
  /** The manifest or index that is signed. To use the image that was verified, use it by this digest. */
  readonly digest: Digest;
  /** The repository, perhaps with a tag, that the signer named. */
  readonly reference: string;
}

/**
 * Checks that an image in a registry has a signature by the key (PEM), made for its repository, in cosign's format.
 * Signatures of others, and of other images, are passed over.
 * @throws {TsbuildError} ERR_TSBUILD_SIGNATURE when none is valid, ERR_TSBUILD_SIGNING_KEY when the key is none
 * @example await verifySignature('registry.example/app:1', await readFile('cosign.pub'));
 */
export async function verifySignature(
  image: string,
  publicKey: string | Uint8Array,
  options: VerifySignatureOptions = {},
): Promise<VerifiedSignature> {
  return (await import('./find-signature.ts')).findSignature(image, publicKey, options);
}
