/** One request, after it was answered. */
export interface RequestRecord {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
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

/** What to do instead of, or with, the true answer. Faults are for tests of clients. */
export type Fault =
  /** Answers with this and does nothing else. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** Resets the connection before anything is read or answered. */
  | { readonly kind: 'reset' }
  /** Never answers. */
  | { readonly kind: 'stall' }
  /** Gives the true answer but cuts the connection after this many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Cuts the connection after this many bytes of the request's body were read. */
  | { readonly kind: 'cut-request'; readonly afterBytes: number };

export type RegistryAuth =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  /** The server issues the tokens itself, at `/token`. Without a user, anybody may have one. */
  | { readonly type: 'bearer'; readonly username?: string; readonly password?: string };

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
  /** Called before each request is handled. */
  readonly onRequest?: (request: IncomingRequest) => Fault | undefined | Promise<Fault | undefined>;
}

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`: what stands before the first slash of an image name. */
  readonly host: string;
  /** `http://…` or `https://…` of the same host. */
  readonly url: string;
  /** Every request since the start, in the order of the answers. Empty it with `requests.length = 0`. */
  readonly requests: RequestRecord[];
  /** Ends every connection and removes nothing. */
  close(): Promise<void>;
}
