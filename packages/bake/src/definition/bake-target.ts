/** `null` unsets a value that was inherited. */
export type TextMap = Readonly<Record<string, string | null>>;

/**
 * One image of a bake file, its attributes named and written as buildx prints them; what the flags of `build` take as
 * text is text here too. Absent attributes have the defaults of `build`.
 * @see https://docs.docker.com/build/bake/reference/#target
 */
export interface BakeTarget {
  readonly annotations?: readonly string[];
  readonly args?: TextMap;
  readonly attest?: readonly string[];
  readonly 'cache-from'?: readonly string[];
  readonly 'cache-to'?: readonly string[];
  readonly call?: string;
  readonly context?: string;
  /** Also `target:NAME`: the image of another target. */
  readonly contexts?: TextMap;
  readonly description?: string;
  readonly dockerfile?: string;
  readonly 'dockerfile-inline'?: string;
  readonly entitlements?: readonly string[];
  readonly 'extra-hosts'?: TextMap;
  readonly labels?: TextMap;
  readonly network?: string;
  readonly 'no-cache'?: boolean;
  readonly 'no-cache-filter'?: readonly string[];
  readonly output?: readonly string[];
  readonly platforms?: readonly string[];
  readonly pull?: boolean;
  readonly secret?: readonly string[];
  readonly 'shm-size'?: string;
  readonly ssh?: readonly string[];
  readonly tags?: readonly string[];
  readonly target?: string;
  readonly ulimits?: readonly string[];
}

/** Name of a field of a target, as bake files and `--set` write it. */
export type BakeAttribute = keyof BakeTarget;

/** Targets and groups by name, with everything inherited, expanded and overridden. */
export interface BakeDefinition {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly targets: ReadonlyMap<string, BakeTarget>;
}
