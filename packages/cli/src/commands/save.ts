import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { PLATFORM_FLAG } from '../images/image-flags.ts';
import { writeArchive } from '../images/write-archive.ts';
import { openBuilder } from '../open-builder.ts';
import { print } from '../print.ts';

const FLAGS = [
  {
    name: 'format',
    kind: 'string',
    placeholder: 'docker|oci',
    origin: 'tsbuild',
    status: 'supported',
    help: 'docker (the default) is read by docker load of any version as well',
  },
  {
    name: 'output',
    short: 'o',
    kind: 'string',
    placeholder: 'FILE',
    origin: 'docker',
    status: 'supported',
    help: 'write to a file instead of standard output',
  },
  PLATFORM_FLAG,
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const saveCommand = {
  usage: '[OPTIONS] IMAGE...',
  summary: 'Write images to an archive',
  flags: FLAGS,
  async run({ values, positionals, surroundings, signal }) {
    if (positionals.length === 0) throw new UsageError('tsbuild save needs at least one argument, IMAGE');
    const { stdout, cwd } = surroundings;
    const output = values.text('output');
    const platform = values.text('platform');
    const root = values.text('root');
    if (output === undefined && stdout.isTTY === true)
      throw new UsageError('cowardly refusing to save to a terminal', { hint: 'use -o FILE, or redirect' });
    const options = {
      format: readFormat(values.text('format')),
      signal,
      ...(platform === undefined ? {} : { platform }),
    };
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const archive = await builder.save(positionals, options);
    if (output !== undefined) await writeArchive(archive, resolve(cwd, output));
    else for await (const bytes of archive) await print(stdout, bytes);
    return { exitCode: 0 };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

function readFormat(text = 'docker'): 'docker' | 'oci' {
  if (text === 'docker' || text === 'docker-archive') return 'docker';
  if (text === 'oci' || text === 'oci-archive') return 'oci';
  throw new UsageError(`unsupported --format ${JSON.stringify(text)}`, { hint: 'expected docker or oci' });
}
