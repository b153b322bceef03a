import type { Builder, BuildOptions } from '@tsbuild/engine';
import type { CommandResult } from '../command.ts';
import { explainSteps } from './explain-steps.ts';

/** Says what a build would do. With nothing to run the last line is the id of the image, and with `isQuiet` the only one. */
export async function dryRun(builder: Builder, options: BuildOptions, isQuiet: boolean): Promise<CommandResult> {
  const { steps, imageId } = await builder.plan(options);
  const id = imageId === undefined ? '' : `${imageId}\n`;
  return { exitCode: 0, stdout: `${isQuiet ? '' : explainSteps(steps)}${id}` };
}
