import { UsageError } from '@tsbuild/core';
import type { Removal } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { forEachImage } from '../images/for-each-image.ts';
import { openBuilder } from '../open-builder.ts';

const FLAGS = [
  {
    name: 'force',
    short: 'f',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'take every name of an image that is given by its id',
  },
  {
    name: 'no-prune',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'take names only, and delete nothing',
  },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const rmiCommand = {
  usage: '[OPTIONS] IMAGE...',
  summary: 'Remove images from the store',
  flags: FLAGS,
  async run({ values, positionals, surroundings }) {
    if (positionals.length === 0) throw new UsageError('tsbuild rmi needs at least one argument, IMAGE');
    const options = { force: values.bool('force'), noPrune: values.bool('no-prune') };
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    return forEachImage(positionals, surroundings, { isForced: options.force }, async (name) =>
      (await builder.remove(name, options)).map(removalLine).join(''),
    );
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

function removalLine(removal: Removal): string {
  return 'untagged' in removal ? `Untagged: ${removal.untagged}\n` : `Deleted: ${removal.deleted}\n`;
}
