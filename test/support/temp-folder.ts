import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder that is removed when the scope ends. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
  /** A path inside the folder. */
  file(...names: readonly string[]): string;
}

/** @example await using folder = await openTempFolder(); */
export async function openTempFolder(): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), 'tsbuild-test-'));
  return {
    path,
    file: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
