import type { Digest } from '@tsbuild/core';

/** How far one blob or manifest is. */
export interface TransferProgress {
  /** Name of the image it belongs to. */
  readonly reference: string;
  readonly digest: Digest;
  /** Bytes done, of `total`. */
  readonly current: number;
  readonly total: number;
  readonly status: 'copying' | 'copied' | 'exists' | 'mounted';
}

/** What pulling and pushing have in common. */
export interface TransferOptions {
  /** Every tag of the repository (`--all-tags`). @default false */
  readonly allTags?: boolean;
  /** Called with every chunk. */
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Which image is pulled (`tsbuild pull`). */
export interface PullOptions extends TransferOptions {
  /** `os/arch[/variant]` (`--platform`). @default this machine's, on Linux */
  readonly platform?: string;
}
