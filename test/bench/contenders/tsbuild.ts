import { rm } from 'node:fs/promises';
import { mustTsbuild } from '../../support/tsbuild.ts';
import { type BenchOutput, buildArguments, type ContenderKind } from './contender.ts';

/** The command, as people start it. */
export const tsbuildKind: ContenderKind = {
  name: 'tsbuild',
  parts: [],
  async open(folder) {
    const root = folder.file('tsbuild');
    const reset = () => rm(root, { recursive: true, force: true });
    return {
      name: 'tsbuild',
      reset,
      async build(build) {
        const output = outputArguments(build.output);
        await mustTsbuild(root, ['build', '--progress=quiet', ...buildArguments(build), ...output, build.context]);
      },
      [Symbol.asyncDispose]: reset,
    };
  },
};

function outputArguments(output: BenchOutput): string[] {
  if (output.kind === 'archive') return ['--output', `type=oci,dest=${output.dest}`];
  return output.kind === 'push' ? ['--push'] : [];
}
