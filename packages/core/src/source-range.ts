/** A place in a text. Lines count from 1, columns from 0 in UTF-16 code units; `end` is exclusive in its column. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** A part of a text, from its first character to the one behind its last. */
export interface SourceRange {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/** The text that ranges point into, for code frames. */
export interface SourceText {
  /** Name as the user knows it, e.g. `Dockerfile`. */
  readonly name: string;
  readonly text: string;
}
