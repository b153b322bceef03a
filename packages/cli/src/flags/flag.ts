interface FlagShape {
  /** Long name, without dashes. */
  readonly name: string;
  readonly short?: string;
  /** `list` may be repeated; of a repeated `string` the last one counts, as everywhere in Docker. */
  readonly kind: 'bool' | 'string' | 'list';
  /** What stands for the value in the help, e.g. `FILE`. */
  readonly placeholder?: string;
  /** Values that shells offer, where `placeholder` does not tell them. */
  readonly values?: readonly string[];
  /** Who else has the flag; `tsbuild` for our own. */
  readonly origin: 'docker' | 'buildx' | 'tsbuild';
}

export interface SupportedFlag extends FlagShape {
  readonly help: string;
}

/** Accepted without effect, because what it asks for is so anyway or has no meaning here. */
export interface HarmlessFlag extends FlagShape {
  readonly reason: string;
}

/** Answered with an error that says why. */
export interface RefusedFlag extends FlagShape {
  readonly reason: string;
  /** What to do instead. */
  readonly mend?: string;
  /** Values that ask for nothing, and are accepted. */
  readonly harmless?: readonly string[];
}

/** A flag of a command and what tsbuild makes of it. None is ever ignored in silence. */
export type Flag =
  | ({ readonly status: 'supported' } & SupportedFlag)
  | ({ readonly status: 'no-op' } & HarmlessFlag)
  | ({ readonly status: 'refused' } & RefusedFlag);

/** The name of a flag as it is typed: `--tag`. */
export function dashed(flag: Pick<Flag, 'name'>): string {
  return `--${flag.name}`;
}
