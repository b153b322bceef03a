import type { Digest, FileTree } from '@tsbuild/core';
import type { ModeChange } from './mode-change.ts';
import type { Selection } from './selection.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** One group of sources of a COPY or ADD: those that come from one tree. */
export interface CopySource {
  readonly selection: Selection;
  /** Digests that the selection's files had when the step's key was made. */
  readonly expected?: ReadonlyMap<string, Digest>;
  /** Unpack the named files that are archives, as ADD does. @default false */
  readonly unpack?: boolean;
}

export interface CopyRequest {
  /** Copied one after the other; the last one wins. */
  readonly sources: readonly CopySource[];
  /** What the layer goes on top of. `link` asks it nothing. */
  readonly destination: FileTree;
  /** As written after expansion: relative ones start at `workdir`, a final `/` or `/.` means a directory. */
  readonly target: string;
  readonly workdir: string;
  /** `--chown`, resolved. Absent: owners of the source. */
  readonly owner?: Owner | undefined;
  /** `--chmod`. */
  readonly chmod?: ModeChange | undefined;
  /** `--link`: the layer is made as if the destination were empty. @default false */
  readonly link?: boolean;
  /** Time of directories that are created, seconds since 1970. */
  readonly createdTime: number;
  /** Time of everything copied, seconds since 1970. Absent: the times of the sources. */
  readonly copiedTime?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WorkdirRequest {
  readonly destination: FileTree;
  /** Absolute, as WORKDIR left it. */
  readonly path: string;
  readonly owner?: Owner | undefined;
  readonly createdTime: number;
}
