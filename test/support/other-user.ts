import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandOptions, type CommandResult, runCommand } from './command.ts';

/** Somebody else of this machine, at home in a folder of a test. */
export interface OtherUser {
  readonly home: string;
  /** What comes before a command's own arguments to run it as this user, with an environment of its own. */
  readonly prefix: readonly string[];
  run(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

/** Needs root and `setpriv`. The user need not be known to this machine. */
export async function becomeUser(
  ids: { readonly uid: number; readonly gid: number },
  home: string,
): Promise<OtherUser> {
  await mkdir(home);
  await chown(home, ids.uid, ids.gid);
  await chmod(home, 0o700);
  await mkdir(join(home, 'tmp'));
  await chown(join(home, 'tmp'), ids.uid, ids.gid);
  const environment = [`HOME=${home}`, `TMPDIR=${join(home, 'tmp')}`, `PATH=${process.env.PATH ?? ''}`, 'NO_COLOR=1'];
  const identity = ['setpriv', `--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups'];
  const prefix = [...identity, 'env', '--ignore-environment', ...environment];
  return { home, prefix, run: (args, options = {}) => runCommand([...prefix, ...args], { cwd: home, ...options }) };
}
