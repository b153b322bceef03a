interface FlagShape {
  /** Long name, without dashes. */
  readonly name: string;
  readonly short?: string;
  /** `list` may be repeated; of a repeated `string` the last one counts, as everywhere in Docker. */
  readonly kind: 'bool' | 'string' | 'list';
  /** What stands for the value in the help, e.g. `FILE`. */
  readonly placeholder?: string;
  /** Who else has the flag; `tsbuild` for our own. */
  readonly origin: 'docker' | 'buildx' | 'tsbuild';
}

/** A flag of a command and what tsbuild makes of it. None is ever ignored in silence. */
export type Flag = FlagShape &
  (
    | { readonly status: 'supported'; readonly help: string }
    /** Accepted, because what it asks for is so anyway or has no meaning here. */
    | { readonly status: 'no-op'; readonly reason: string }
    /** Answered with an error that says why, except for values which ask for nothing. */
    | {
        readonly status: 'refused';
        readonly reason: string;
        readonly mend?: string;
        readonly harmless?: readonly string[];
      }
  );

/** The name of a flag as it is typed: `--tag`. */
export function dashed(flag: Pick<Flag, 'name'>): string {
  return `--${flag.name}`;
}
