import { rm } from 'node:fs/promises';
import { type Builder, createBuilder, type OutputOptions } from '@tsbuild/engine';
import type { BenchOutput, ContenderKind } from './contender.ts';

/** The engine inside this process, with a builder that stays open as a build tool's would. */
export const inProcessKind: ContenderKind = {
  name: 'in-process',
  parts: [],
  async open(folder) {
    const root = folder.file('in-process');
    let builder: Builder | undefined;
    const reset = async (): Promise<void> => {
      await builder?.[Symbol.asyncDispose]();
      builder = undefined;
      await rm(root, { recursive: true, force: true });
    };
    return {
      name: 'in-process',
      reset,
      async build({ context, dockerfile, buildArgs, image, output }) {
        builder ??= await createBuilder({ root });
        await builder.build({ context, file: dockerfile, buildArgs, tags: [image], outputs: [toOutput(output)] });
      },
      [Symbol.asyncDispose]: reset,
    };
  },
};

function toOutput(output: BenchOutput): OutputOptions {
  if (output.kind === 'archive') return { type: 'oci', dest: output.dest };
  return { type: output.kind === 'push' ? 'registry' : 'image' };
}
