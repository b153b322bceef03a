import type { Executor } from '@tsbuild/core';
import type { SandboxOptions } from './options.ts';

/**
 * Starts the helper processes for RUN. Several commands may run at once; disposing ends what still runs and leaves
 * nothing mounted.
 * @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE when this machine cannot isolate a command: says why and the mend.
 */
export async function createSandbox(options: SandboxOptions): Promise<Executor> {
  throw new Error(`not reachable yet: ${options.scratch}`);
}
