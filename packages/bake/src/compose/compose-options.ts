import type { Variables } from './interpolate.ts';

export interface ComposeOptions {
  /** Folder that relative names of files start from, and that paths are shown from. */
  readonly cwd: string;
  readonly variables: Variables;
  /** Services with profiles belong to the default group only if one of theirs is here; `*` is all. */
  readonly profiles: readonly string[];
  /** Reads a file whole. @throws when it cannot */
  readFile(path: string): Promise<string>;
}

export interface ComposeFile {
  /** Path, as messages name it. */
  readonly name: string;
  readonly text: string;
}
