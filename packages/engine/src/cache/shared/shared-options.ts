import type { ImageOutputOptions } from '../../options.ts';

/** What reading any shared cache takes. */
export interface CacheReadOptions {
  /**
   * What its records are good for: `build`, the builds that name it; `store`, they are kept in this machine's store too and
   * serve every later build. @default 'build'
   */
  readonly trust?: 'build' | 'store';
  /** Milliseconds that it may keep the build waiting, and that a download may stand still. @default 20_000 */
  readonly timeoutMs?: number;
}

/** What writing any shared cache but an inline one takes. */
export interface CacheWriteOptions extends Pick<ImageOutputOptions, 'compression' | 'compressionLevel'> {
  /** `min`: layers of the image alone; `max`: those of every step. Records are written of all steps. @default 'min' */
  readonly mode?: 'min' | 'max';
  /** A failed export is a warning. @default false */
  readonly ignoreError?: boolean;
  /** Ids of cache mounts (`RUN --mount=type=cache,id=…`, else the target) whose contents are written too. @default [] */
  readonly mounts?: readonly string[];
}

/** A server of Bazel's HTTP cache protocol. */
export interface HttpCache {
  readonly type: 'http';
  /** Base of `/ac/<key>` and `/cas/<digest>`; may hold a user and password. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where records and layers of other machines come from (`--cache-from`). */
export type CacheFromOptions = CacheReadOptions &
  (
    | { readonly type: 'registry'; readonly ref: string }
    /** An OCI layout folder. */
    | { readonly type: 'local'; readonly src: string; readonly tag?: string; readonly digest?: string }
    | HttpCache
  );

/** Where records and layers go for other machines (`--cache-to`). */
export type CacheToOptions =
  | (CacheWriteOptions & { readonly type: 'registry'; readonly ref: string })
  | (CacheWriteOptions & { readonly type: 'local'; readonly dest: string; readonly tag?: string })
  | (CacheWriteOptions & HttpCache)
  /** Records alone, in the manifest of the image. */
  | { readonly type: 'inline' };
