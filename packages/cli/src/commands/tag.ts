import { UsageError } from '@tsbuild/core';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { openBuilder } from '../open-builder.ts';

const FLAGS = [ROOT_FLAG] as const satisfies readonly Flag[];

export const tagCommand = {
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  summary: 'Give an image one more name',
  flags: FLAGS,
  async run({ values, positionals }) {
    const [source, target, ...more] = positionals;
    if (source === undefined || target === undefined || more.length > 0)
      throw new UsageError(`tsbuild tag needs exactly two arguments, SOURCE and TARGET; got ${positionals.length}`);
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    await builder.tag(source, target);
    return { exitCode: 0 };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;
