import type { SecretSource } from '../../options.ts';

/** Signing of what is pushed (`--sign`). */
export interface SignOptions {
  /** A private key as `cosign generate-key-pair` writes it. */
  readonly key: SecretSource;
  /** @default `COSIGN_PASSWORD`, else no password */
  readonly password?: string;
  /**
   * Where signatures are kept: under the tag `sha256-….sig`, which cosign, skopeo and podman look for, or as an OCI
   * referrer of the image. @default 'tag'
   */
  readonly attach?: 'tag' | 'referrer';
}
