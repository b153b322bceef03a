import { UsageError } from '@tsbuild/core';
import type { BuiltImage } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { openBuilder } from '../open-builder.ts';
import { filesAsJson, filesAsText } from './inspect-files.ts';

const FLAGS = [
  {
    name: 'files',
    kind: 'bool',
    origin: 'tsbuild',
    status: 'supported',
    help: 'list the files of each layer, with what later layers hide',
  },
  {
    name: 'format',
    kind: 'string',
    placeholder: 'json',
    origin: 'docker',
    status: 'supported',
    help: 'with --files: json for programs (the default otherwise)',
  },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const inspectCommand = {
  usage: '[OPTIONS] IMAGE...',
  summary: 'Print the configuration of images as JSON',
  flags: FLAGS,
  async run({ values, positionals }) {
    if (positionals.length === 0) throw new UsageError('tsbuild inspect needs at least one argument, IMAGE');
    const root = values.text('root');
    const isJson = isJsonWanted(values.text('format'));
    await using builder = await openBuilder(root === undefined ? {} : { root });
    if (values.bool('files') && !isJson) {
      const lists: string[] = [];
      for (const name of positionals) lists.push(await filesAsText(name, await builder.image(name)));
      return { exitCode: 0, stdout: lists.join('\n') };
    }
    const show = values.bool('files') ? filesAsJson : describe;
    const shown: unknown[] = [];
    for (const name of positionals) shown.push(await show(await builder.image(name)));
    return { exitCode: 0, stdout: `${JSON.stringify(shown, null, 4)}\n` };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

function isJsonWanted(format: string | undefined): boolean {
  if (format === undefined || format === 'json') return format === 'json';
  throw new UsageError(`unsupported --format ${JSON.stringify(format)}`, { hint: 'json is the only one' });
}

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
