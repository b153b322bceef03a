import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { PLATFORM_FLAG } from '../images/image-flags.ts';
import { standardInput } from '../images/standard-input.ts';
import { openBuilder } from '../open-builder.ts';

const FLAGS = [
  {
    name: 'change',
    short: 'c',
    kind: 'list',
    placeholder: 'INSTRUCTION',
    origin: 'docker',
    status: 'supported',
    help: `an instruction for the image's config, such as 'CMD ["/bin/sh"]'`,
  },
  {
    name: 'message',
    short: 'm',
    kind: 'string',
    placeholder: 'TEXT',
    origin: 'docker',
    status: 'supported',
    help: 'comment of the history entry',
  },
  PLATFORM_FLAG,
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const importCommand = {
  usage: '[OPTIONS] FILE|URL|- [REPOSITORY[:TAG]]',
  summary: 'Make an image of the archive of a root file system',
  flags: FLAGS,
  async run({ values, positionals, surroundings, signal }) {
    const [source, tag, ...more] = positionals;
    if (source === undefined || more.length > 0)
      throw new UsageError('tsbuild import needs FILE, URL or -, and may have a REPOSITORY[:TAG]');
    const message = values.text('message');
    const platform = values.text('platform');
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const isUrl = /^https?:\/\//i.test(source);
    const archive = source === '-' ? standardInput(surroundings.stdin, signal) : source;
    const id = await builder.import(
      typeof archive !== 'string' || isUrl ? archive : resolve(surroundings.cwd, archive),
      {
        changes: values.list('change'),
        signal,
        ...(tag === undefined ? {} : { tag }),
        ...(message === undefined ? {} : { message }),
        ...(platform === undefined ? {} : { platform }),
      },
    );
    return { exitCode: 0, stdout: `${id}\n` };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;
