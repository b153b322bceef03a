import type { FileTree } from '@tsbuild/core';
import type { ModeChange } from './mode-change.ts';
import type { Owner } from './owner.ts';
import type { FileDigestMap, Selection } from './selection.ts';

/** One group of sources of a COPY or ADD: those that come from one tree. */
export interface CopySource {
  readonly selection: Selection;
  /** Digests that the selection's files had when the step's key was made. */
  readonly expected?: FileDigestMap;
  /** Unpack the named files that are archives, as ADD does. @default false */
  readonly unpack?: boolean;
}

/** How copied things look in the layer. */
export interface CopyAttributes {
  /** `--chown`, resolved. Absent: owners of the source. */
  readonly owner?: Owner | undefined;
  /** `--chmod`. */
  readonly chmod?: ModeChange | undefined;
  /** Time of directories that are created, seconds since 1970. */
  readonly createdTime: number;
  /** Time of everything copied, seconds since 1970. Absent: the times of the sources. */
  readonly copiedTime?: number | undefined;
}

export interface CopyRequest extends CopyAttributes {
  /** Copied one after the other; the last one wins. */
  readonly sources: readonly CopySource[];
  /** What the layer goes on top of. `link` asks it nothing. */
  readonly destination: FileTree;
  /** As written after expansion: relative ones start at `workdir`, a final `/` or `/.` means a directory. */
  readonly target: string;
  readonly workdir: string;
  /** `--link`: the layer is made as if the destination were empty. @default false */
  readonly link?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A WORKDIR: the folders on the way to it that are missing are made. */
export interface WorkdirRequest {
  readonly destination: FileTree;
  /** Absolute, as WORKDIR left it. */
  readonly path: string;
  readonly owner?: Owner | undefined;
  /** Time of directories that are created, seconds since 1970. */
  readonly createdTime: number;
}
