import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Folder of the store: `root` if given, else `TSBUILD_ROOT`, else `$XDG_DATA_HOME/tsbuild`, else `~/.local/share/tsbuild`.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/ (a relative XDG_DATA_HOME is to be ignored)
 */
export function storeRoot(root: string | undefined, env: NodeJS.ProcessEnv): string {
  if (root !== undefined && root !== '') return resolve(root);
  if (env.TSBUILD_ROOT) return resolve(env.TSBUILD_ROOT);
  const dataHome = env.XDG_DATA_HOME;
  if (dataHome !== undefined && isAbsolute(dataHome)) return join(dataHome, 'tsbuild');
  return join(env.HOME || homedir(), '.local', 'share', 'tsbuild');
}
