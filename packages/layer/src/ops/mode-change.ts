/** A parsed `--chmod`. */
export interface ModeChange {
  /** True when the result does not depend on the mode before. */
  readonly isAbsolute: boolean;
  /** Mode of the directories that a COPY creates on the way. */
  readonly createdMode: number;
  apply(mode: number, isDirectory: boolean): number;
}
