import type { CredentialSource } from './credentials/credentials.ts';

/** How one registry is spoken to. */
export interface HostOptions {
  /** Accept any TLS certificate. @default false */
  readonly insecure?: boolean;
  /** Speak HTTP without TLS. @default true on loopback unless `ca` or `insecure` is given, as Docker does; else false */
  readonly plainHttp?: boolean;
  /**
   * PEM certificates trusted for this host besides the system's.
   * @default what lies in `/etc/docker/certs.d/<host>`; so for `cert` and `key`
   */
  readonly ca?: string | readonly string[];
  /** PEM client certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** Hosts (`mirror.local:5000`, with an optional path) asked first, in this order, for everything that is read. */
  readonly mirrors?: readonly string[];
}

/** Milliseconds. */
export interface RegistryTimeouts {
  /** TCP and TLS. @default 15_000 */
  readonly connect?: number;
  /** From the request to the head of the answer. @default 60_000 */
  readonly headers?: number;
  /** Between two chunks of a body. @default 30_000 */
  readonly bodyIdle?: number;
}

/** What is tried again: requests that cannot do harm twice, after answers that may pass. */
export interface RetryOptions {
  /** Tries in all. @default 5 */
  readonly attempts?: number;
  /** Milliseconds before the second try, doubled for each later one. @default 250 */
  readonly baseDelay?: number;
  /** Upper limit of one wait in milliseconds, `Retry-After` included. @default 30_000 */
  readonly maxDelay?: number;
}

/** How registries are reached. */
export interface RegistryClientOptions {
  /** @default Docker's config.json and podman's auth.json: {@link systemCredentials} */
  readonly credentials?: CredentialSource;
  /** By host as it stands in image names. */
  readonly hosts?: Readonly<Record<string, HostOptions>>;
  /** Connections to one host. @default 8 */
  readonly connections?: number;
  readonly timeouts?: RegistryTimeouts;
  readonly retry?: RetryOptions;
  /** Blobs larger than this are sent in several requests of this size. @default one request a blob */
  readonly uploadChunkBytes?: number;
  /** @default 'tsbuild' */
  readonly userAgent?: string;
  /** Where `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, `DOCKER_CONFIG`, `REGISTRY_AUTH_FILE` are looked up. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
