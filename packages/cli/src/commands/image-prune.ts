import { digestHex } from '@tsbuild/core';
import type { Builder, Removal } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { humanSize } from '../images/human.ts';
import { readImageFilters } from '../images/image-filters.ts';
import { openBuilder } from '../open-builder.ts';
import { noArguments } from '../positionals.ts';

const FLAGS = [
  {
    name: 'all',
    short: 'a',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'every image, not only those without a name',
  },
  {
    name: 'filter',
    kind: 'list',
    placeholder: 'NAME=VALUE',
    origin: 'docker',
    status: 'supported',
    help: 'until=24h, label=K[=V], label!=K[=V], dangling=false',
  },
  { name: 'force', short: 'f', kind: 'bool', origin: 'docker', status: 'no-op', reason: 'there is no prompt' },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const imagePruneCommand = {
  usage: '[OPTIONS]',
  summary: 'Remove images without a name, or all',
  flags: FLAGS,
  async run({ values, positionals }) {
    noArguments('image prune', positionals);
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const filters = values.list('filter');
    const isAll = values.bool('all') || filters.some((filter) => /^dangling=(?:f|0)/i.test(filter));
    const isWanted = await readImageFilters(
      filters.filter((filter) => !filter.startsWith('dangling=')),
      builder,
    );
    const before = await storedBytes(builder);
    const removals: Removal[] = [];
    for (const image of await builder.images()) {
      if (!isWanted(image) || (!isAll && image.reference !== undefined)) continue;
      removals.push(...(await builder.remove(image.reference ?? digestHex(image.id))));
    }
    const reclaimed = humanSize(Math.max(0, before - (await storedBytes(builder))));
    return { exitCode: 0, stdout: `${listing(removals)}Total reclaimed space: ${reclaimed}\n` };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

async function storedBytes(builder: Builder): Promise<number> {
  return (await builder.usage()).reduce((total, { size }) => total + size, 0);
}

function listing(removals: readonly Removal[]): string {
  if (removals.length === 0) return '';
  const lines = removals.map((removal) =>
    'untagged' in removal ? `untagged: ${removal.untagged}\n` : `deleted: ${removal.deleted}\n`,
  );
  return `Deleted Images:\n${lines.join('')}\n`;
}
