import { type ContainerConfig, type ProcessSpec, UsageError } from '@tsbuild/core';
import { splitPair } from '../lower/env-pairs.ts';
import { commandLimits, processLimits } from '../solve/command-limits.ts';
import type { RunOptions } from './command-options.ts';

const DEFAULT_HOSTNAME = 'tsbuild';
/** What Docker sets where an image has no PATH. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The process that `docker run` would start for an image of this config. @throws {UsageError} */
export function containerProcess(
  config: ContainerConfig,
  args: readonly string[],
  options: Omit<RunOptions, 'mounts'>,
): ProcessSpec {
  const { hostname = DEFAULT_HOSTNAME, network = 'host', readOnly = false, addHosts = {} } = options;
  return {
    args: commandLine(config, args, options.entrypoint),
    env: environment(config, hostname, options),
    cwd: workingDirectory(options.cwd ?? config.WorkingDir),
    user: options.user ?? config.User ?? '',
    hostname,
    network,
    isReadOnly: readOnly,
    extraHosts: Object.entries(addHosts).map(([name, address]) => ({ name, address })),
    ...processLimits(commandLimits(options)),
  };
}

/** Arguments replace CMD; another entrypoint takes CMD away, too. */
function commandLine(
  { Entrypoint = [], Cmd = [] }: ContainerConfig,
  args: readonly string[],
  entrypoint: readonly string[] | undefined,
): readonly string[] {
  const given = args.length > 0 || entrypoint !== undefined ? args : Cmd;
  const line = [...(entrypoint ?? Entrypoint), ...given];
  if (line.length > 0) return line;
  throw new UsageError('no command to run: the image has neither ENTRYPOINT nor CMD', {
    hint: 'say which: tsbuild run IMAGE COMMAND',
  });
}

function environment(
  { Env = [] }: ContainerConfig,
  hostname: string,
  { env, terminal }: Pick<RunOptions, 'env' | 'terminal'>,
): Record<string, string> {
  return {
    PATH: DEFAULT_PATH,
    HOSTNAME: hostname,
    ...(terminal === undefined ? {} : { TERM: 'xterm' }),
    ...Object.fromEntries(Env.map(splitPair)),
    ...env,
  };
}

function workingDirectory(path: string | undefined): string {
  if (path === undefined || path === '') return '/';
  if (path.startsWith('/')) return path;
  throw new UsageError(`the working directory ${JSON.stringify(path)} is not absolute`);
}
