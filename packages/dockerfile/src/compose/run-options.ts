import type { CacheMount } from '../run-mount.ts';
import type { Stage } from './stage.ts';

/** Where a mount is seen. */
export interface MountPlace {
  /** Relative paths start from WORKDIR. */
  readonly target: string;
}

/** Whom a mount belongs to. */
export interface MountOwner {
  /** Permission bits, e.g. `0o400`. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A `--mount` of RUN, as {@link Stage.run} takes it; fields are those of the Dockerfile. */
export type MountOptions =
  | ({
      readonly type: 'bind';
      readonly from?: Stage | string;
      readonly source?: string;
      readonly rw?: boolean;
    } & MountPlace)
  | ({
      readonly type: 'cache';
      readonly id?: string;
      readonly sharing?: CacheMount['sharing'];
      readonly from?: Stage | string;
      readonly source?: string;
    } & MountPlace &
      MountOwner)
  | ({ readonly type: 'tmpfs'; readonly size?: number } & MountPlace)
  | ({
      readonly type: 'secret';
      readonly id: string;
      readonly env?: string;
      readonly required?: boolean;
    } & Partial<MountPlace> &
      MountOwner)
  | ({ readonly type: 'ssh'; readonly id?: string; readonly required?: boolean } & Partial<MountPlace> & MountOwner);

/** The flags of RUN. */
export interface StageRunOptions {
  readonly mounts?: readonly MountOptions[];
  readonly network?: 'default' | 'host' | 'none';
  readonly security?: 'sandbox' | 'insecure';
}

/** The flags of COPY. */
export interface CopyOptions {
  /** A stage, image or named context; the build context when absent. */
  readonly from?: Stage | string;
  readonly chown?: string;
  /** Octal digits or symbols, as in the Dockerfile, or permission bits. */
  readonly chmod?: string | number;
  readonly link?: boolean;
  readonly parents?: boolean;
  readonly exclude?: readonly string[];
}

/** The flags of ADD. */
export interface AddOptions extends Omit<CopyOptions, 'from' | 'parents'> {
  readonly checksum?: string;
  readonly keepGitDir?: boolean;
  readonly unpack?: boolean;
}

/** Durations as in the Dockerfile, e.g. `30s`. */
export interface HealthcheckOptions {
  readonly interval?: string;
  readonly timeout?: string;
  readonly startPeriod?: string;
  readonly startInterval?: string;
  readonly retries?: number;
}
