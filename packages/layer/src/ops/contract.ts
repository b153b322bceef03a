import type { Digest, FileTree, LayerWriter } from '@tsbuild/core';
import type { DestinationFacts } from './facts.ts';
import type { ModeChange } from './mode-change.ts';
import type { CopyRequest, Owner, WorkdirRequest } from './requests.ts';
import type { FileDigests, Selection, SelectionDigest, SelectionDigestOptions, SelectSpec } from './selection.ts';

/** The functions that this folder exports, by name. */
export interface FileOperations {
  /** @throws {SolveError} ERR_TSBUILD_SOURCE_NOT_FOUND (a SourceNotFoundError: `path`, `siblings`), ERR_TSBUILD_COPY for a bad pattern. */
  selectSources(tree: FileTree, spec: SelectSpec): Selection;
  selectionDigest(
    selection: Selection,
    digests: FileDigests,
    options: SelectionDigestOptions,
  ): Promise<SelectionDigest>;
  /** `tree` behaves as the one given and notes what it is asked. */
  recordLookups(tree: FileTree): { readonly tree: FileTree; facts(): DestinationFacts };
  /** Asks the same questions again. Reads /etc/passwd and /etc/group only if owners were looked up. */
  factsHold(tree: FileTree, facts: DestinationFacts): Promise<boolean>;
  /** Notes the answer when `tree` is a recording one. `scratch`/`--link`: pass `undefined`, names are an error then. */
  resolveOwner(spec: string, tree: FileTree | undefined, kind: 'chown' | 'workdir'): Promise<Owner>;
  parseModeChange(text: string): ModeChange;
  /** COPY and ADD, archives included. Does not finish the writer. */
  writeCopy(writer: LayerWriter, request: CopyRequest): Promise<void>;
  writeWorkdir(writer: LayerWriter, request: WorkdirRequest): Promise<void>;
  memoryTree(
    files: readonly MemoryFile[],
  ): FileTree & { digests(paths: readonly string[]): Promise<ReadonlyMap<string, Digest>> };
}

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
