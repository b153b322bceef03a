import { UsageError } from '@tsbuild/core';
import type { BuiltImage } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import { openBuilder } from '../open-builder.ts';

const FLAGS = [ROOT_FLAG] as const;

export const inspectCommand = {
  usage: '[OPTIONS] IMAGE...',
  summary: 'Print the configuration of images as JSON',
  flags: FLAGS,
  async run({ values, positionals }) {
    if (positionals.length === 0) throw new UsageError('tsbuild inspect needs at least one argument, IMAGE');
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const shown: unknown[] = [];
    for (const reference of positionals) shown.push(describe(await builder.image(reference)));
    return { exitCode: 0, stdout: `${JSON.stringify(shown, null, 4)}\n` };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

/** The keys of `docker image inspect`, as far as an OCI image has them. */
function describe({ id, config }: BuiltImage): object {
  return {
    Id: id,
    Created: config.created,
    Author: config.author,
    Config: config.config ?? {},
    Architecture: config.architecture,
    Variant: config.variant,
    Os: config.os,
    RootFS: { Type: 'layers', Layers: config.rootfs.diff_ids },
  };
}
