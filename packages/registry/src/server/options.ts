/** One request, as it was answered. */
export interface RequestRecord {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** 0 when it was not answered. */
  readonly status: number;
}

/** A request about to be handled. */
export interface IncomingRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Counts from 1 in the life of the server. */
  readonly ordinal: number;
}

/** What to do instead of the true answer, or to it. For tests of clients. */
export type Fault =
  /** Answers with this and does nothing else. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
    }
  /** Resets the connection; nothing is read or done. */
  | { readonly kind: 'reset' }
  /** Reads nothing, does nothing, never answers. */
  | { readonly kind: 'stall' }
  /** Waits, then answers truly. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Reads this many bytes of the request's body, keeps them, and resets the connection. */
  | { readonly kind: 'cut-request'; readonly afterBytes: number }
  /** Answers truly, but resets the connection after this many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Answers truly, but sends nothing more after this many bytes of the body. */
  | { readonly kind: 'stall-body'; readonly afterBytes: number }
  /** Answers truly, but with one byte of the body changed. */
  | { readonly kind: 'corrupt'; readonly atByte: number };

/** How the server knows who asks. */
export type RegistryAuth =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  /** The server issues the tokens itself, at `/token`. Without a user, anybody may have one. */
  | {
      readonly type: 'bearer';
      readonly username?: string;
      readonly password?: string;
      /** A refresh token that it takes in place of name and password. */
      readonly identityToken?: string;
      /** @default 300 */
      readonly tokenLifetimeSeconds?: number;
    };

/** How the server answers, and where it keeps its content. It is empty at first unless `storage` holds something. */
export interface RegistryServerOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default none */
  readonly auth?: RegistryAuth;
  /** PEM. @default plain HTTP */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Folder that keeps the content. @default memory */
  readonly storage?: string;
  /** Whether it has the referrers API of distribution-spec 1.1. @default true */
  readonly referrersApi?: boolean;
  /** Least size of an upload's chunk but the last, told as `OCI-Chunk-Min-Length`. @default none */
  readonly minChunkBytes?: number;
  /** Called before each request is handled. */
  readonly onRequest?: (request: IncomingRequest) => Fault | undefined | Promise<Fault | undefined>;
}

/** A registry that runs in this process, until it is disposed. */
export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`: what stands before the first slash of an image name. */
  readonly host: string;
  /** `http://…` or `https://…` of the same host. */
  readonly url: string;
  /** Every request since the start, in the order of the answers. `requests.length = 0` empties it. */
  readonly requests: RequestRecord[];
  /** Ends every connection; a storage folder stays. */
  close(): Promise<void>;
}
