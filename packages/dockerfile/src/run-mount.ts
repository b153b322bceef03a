interface MountFields {
  /**
   * As written, not yet joined with WORKDIR; empty when none was given. Absent for a secret that makes no file, and for an
   * ssh agent at its default place.
   */
  readonly target?: string;
}

/** `type=bind` (the default type): a part of the context, a stage, an image or a named context. */
export interface BindMount extends MountFields {
  readonly type: 'bind';
  readonly target: string;
  readonly source?: string;
  /** Stage, image or named context; the build context when absent. */
  readonly from?: string;
  readonly readOnly: boolean;
}

/** `type=cache`: a directory that outlives the build. */
export interface CacheMount extends MountFields {
  readonly type: 'cache';
  readonly target: string;
  /** The cleaned target when not given, as BuildKit does. */
  readonly id: string;
  readonly sharing: 'shared' | 'private' | 'locked';
  readonly source?: string;
  readonly from?: string;
  readonly readOnly: boolean;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** `type=tmpfs`. */
export interface TmpfsMount extends MountFields {
  readonly type: 'tmpfs';
  readonly target: string;
  readonly readOnly: boolean;
  /** Bytes. */
  readonly size?: number;
}

/** `type=secret`. It makes a file unless `env` is given without `target`. */
export interface SecretMount extends MountFields {
  readonly type: 'secret';
  /** Falls back to the base name of `target`. */
  readonly id: string;
  /** Name of the variable that carries the secret. */
  readonly env?: string;
  readonly required: boolean;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** `type=ssh`: a forwarded agent. */
export interface SshMount extends MountFields {
  readonly type: 'ssh';
  readonly id: string;
  readonly required: boolean;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A `--mount` of RUN, with variables put in and the defaults of its type. */
export type RunMount = BindMount | CacheMount | TmpfsMount | SecretMount | SshMount;
