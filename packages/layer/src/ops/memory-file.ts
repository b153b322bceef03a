/** A file for `memoryTree`. Parents that are not listed are directories 0755 of root. */
export interface MemoryFile {
  readonly path: string;
  /** Content of a file. */
  readonly content?: string | Uint8Array;
  /** Target of a symlink. */
  readonly symlink?: string;
  readonly directory?: boolean;
  /** Path of an earlier file that this is a further name of. */
  readonly hardlink?: string;
  readonly fifo?: boolean;
  readonly device?: { readonly type: 'char' | 'block'; readonly major: number; readonly minor: number };
  /** @default 0o644, directories 0o755, symlinks 0o777 */
  readonly mode?: number;
  /** @default 0 */
  readonly uid?: number;
  /** @default 0 */
  readonly gid?: number;
  /** Seconds since 1970. @default 0 */
  readonly mtime?: number;
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}
