/** A here-document, as written: nothing in it has been expanded. */
export interface Heredoc {
  /** The delimiter without its quotes; COPY names the file after it. */
  readonly name: string;
  /** The lines between, each with its line end; tabs of `<<-` are still there (see `chompHeredoc`). */
  readonly content: string;
  /** False when any part of the delimiter is quoted: the body is then literal. */
  readonly expand: boolean;
  /** True for `<<-`: leading tabs of every line are not part of the body. */
  readonly chomp: boolean;
  /** The number before `<<`, 0 without one. */
  readonly fileDescriptor: number;
}
