import type { ImageConfig } from '@tsbuild/core';
import type { BuilderResources } from '../builder-resources.ts';
import type { Chain } from '../solve/chain.ts';
import { commandMounts } from './command-mounts.ts';
import type { CommandResult, RunOptions } from './command-options.ts';
import { runCommand } from './command-request.ts';
import { containerProcess } from './container-process.ts';

/** Runs a command in the root of an image as `docker run --rm` would. Nothing that it writes is kept. */
export async function runInImage(
  { config, chain }: { readonly config: ImageConfig; readonly chain: Chain },
  args: readonly string[],
  options: RunOptions,
  { store, layers, executor }: Pick<BuilderResources, 'store' | 'layers' | 'executor'>,
): Promise<CommandResult> {
  await using _hold = store.hold();
  const process = containerProcess(config.config ?? {}, args, options);
  const sandbox = await executor();
  const mounts = await commandMounts(options.mounts ?? [], sandbox.tier);
  const rootfs = await layers.rootfs(chain, options.signal);
  return runCommand(options, (talk) => sandbox.run({ ...talk, rootfs, process, mounts }));
}
