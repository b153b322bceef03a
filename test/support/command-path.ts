import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { TSBUILD_COMMAND } from './tsbuild.ts';

/**
 * Makes `folder` with the built `tsbuild` as a command of each of the names, and returns the `PATH` on which a shell
 * finds them first.
 */
export async function commandPath(folder: string, names: readonly string[] = ['tsbuild']): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    await writeFile(`${folder}/${name}`, `#!/bin/sh\nexec '${process.execPath}' '${TSBUILD_COMMAND}' "$@"\n`);
    await chmod(`${folder}/${name}`, 0o755);
  }
  return `${folder}${delimiter}${process.env.PATH ?? ''}`;
}
