import type { ExecError, FailedRoot, ProcessSpec } from '@tsbuild/core';
import { mergeTrees, openLayerTree } from '@tsbuild/layer';
import type { Store } from '@tsbuild/store';
import { createImageTree } from '../image/image-tree.ts';
import type { Owner } from '../owner.ts';
import type { ImageTree } from '../result.ts';
import type { Chain } from '../solve/chain.ts';
import type { Layers } from '../solve/layers.ts';
import type { CommandOptions, CommandResult } from './command-options.ts';
import { runCommand } from './command-request.ts';
import { createFileIngest } from './file-ingest.ts';

/** A RUN step that failed, with the root file system as the command left it. It is gone when the callback has ended. */
export interface FailedStep {
  /** The instruction as shown, e.g. `RUN npm ci`. */
  readonly name: string;
  /** With its place, e.g. `[build 2/5] RUN npm ci`. */
  readonly label: string;
  /** What the build will throw. */
  readonly error: ExecError;
  /**
   * Runs a command, or a text by `/bin/sh -c`, in that root, with the environment, user, directory and mounts of the
   * step. What it writes is there for the next. Secrets that it prints are not masked.
   */
  run(command: string | readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** The root's files, as they are now. */
  tree(): Promise<ImageTree>;
}

/** What is known of a failed step by those who ran it. */
export interface FailedStepParts {
  readonly name: string;
  readonly label: string;
  readonly error: ExecError;
  readonly root: FailedRoot;
  /** As the step's command was started. */
  readonly process: ProcessSpec;
  /** Layers that the step ran on. */
  readonly chain: Chain;
}

/** `owner` ends what trees are read from. */
export function createFailedStep(
  { name, label, error, root, process, chain }: FailedStepParts,
  { store, layers, owner }: { readonly store: Store; readonly layers: Layers; readonly owner: Owner },
): FailedStep {
  return {
    name,
    label,
    error,
    run: (command, options = {}) =>
      runCommand(options, (talk) => root.run({ ...talk, process: adapted(process, command, options) })),
    async tree() {
      const folder = owner.use(await store.temporaryDirectory());
      const path = `${folder.path}/layer.tar`;
      await using ingest = await createFileIngest(path);
      const { index } = await root.pack(ingest);
      const below = await Promise.all(chain.map((layer) => layers.layerTree(layer)));
      return createImageTree(mergeTrees([...below, openLayerTree(index, path)]));
    },
  };
}

function adapted(
  process: ProcessSpec,
  command: string | readonly string[],
  { env, user, cwd, terminal }: CommandOptions,
): ProcessSpec {
  const term = terminal === undefined || 'TERM' in process.env ? {} : { TERM: 'xterm' };
  return {
    ...process,
    args: typeof command === 'string' ? ['/bin/sh', '-c', command] : command,
    env: { ...process.env, ...term, ...env },
    user: user ?? process.user,
    cwd: cwd ?? process.cwd,
  };
}
