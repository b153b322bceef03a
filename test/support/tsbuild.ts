import { fileURLToPath } from 'node:url';
import { type CommandOptions, type CommandResult, runCommand } from './command.ts';

/** The script that Node runs. */
export const TSBUILD_COMMAND = fileURLToPath(new URL('../../packages/cli/bin/tsbuild.js', import.meta.url));

export interface TsbuildOptions extends CommandOptions {
  /** Another script, such as that of an installed package. @default the one of this checkout */
  readonly script?: string;
}

/** Runs the built `tsbuild` command with the store in `root`. */
export function tsbuild(
  root: string,
  args: readonly string[],
  { script = TSBUILD_COMMAND, ...options }: TsbuildOptions = {},
): Promise<CommandResult> {
  const env = { NO_COLOR: '1', TSBUILD_ROOT: root, ...options.env };
  return runCommand([process.execPath, script, ...args], { ...options, env });
}

/** Like {@link tsbuild}, but a status other than 0 is an error. */
export async function mustTsbuild(
  root: string,
  args: readonly string[],
  options: TsbuildOptions = {},
): Promise<CommandResult> {
  const result = await tsbuild(root, args, options);
  if (result.exitCode === 0) return result;
  throw new Error(`tsbuild ${args.join(' ')} ended with status ${result.exitCode}:\n${result.stdout}${result.stderr}`);
}
