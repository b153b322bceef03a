import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from './command.ts';

const PACKAGE = fileURLToPath(new URL('../../packages/cli', import.meta.url));

/**
 * Copies the built command with what it depends on into `folder`, as an installation has it, readable for everybody.
 * Returns the script that Node runs.
 */
export async function installCommand(folder: string): Promise<string> {
  await mkdir(join(folder, 'dist'), { recursive: true });
  await chmod(folder, 0o755);
  await mustRun(['cp', '-r', `${PACKAGE}/package.json`, `${PACKAGE}/bin`, folder]);
  await mustRun(['cp', '-r', `${PACKAGE}/dist/bundle`, join(folder, 'dist')]);
  const dependencies = dirname((await mustRun(['readlink', '-f', `${PACKAGE}/node_modules/koffi`])).trim());
  await mustRun(['cp', '-rL', dependencies, join(folder, 'node_modules')]);
  await mustRun(['chmod', '-R', 'a+rX', folder]);
  return join(folder, 'bin/tsbuild.js');
}
