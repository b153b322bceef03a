import { UsageError } from '@tsbuild/core';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { readImageFilters } from '../images/image-filters.ts';
import { NO_TRUNC_FLAG, QUIET_FLAG, ROWS_FORMAT_FLAG } from '../images/image-flags.ts';
import { imageRow, shownId } from '../images/image-rows.ts';
import { openBuilder } from '../open-builder.ts';
import { formatRows, type RowFormat } from '../template/format-rows.ts';

const FLAGS = [
  {
    name: 'all',
    short: 'a',
    kind: 'bool',
    origin: 'docker',
    status: 'no-op',
    reason: 'steps leave no images of their own',
  },
  {
    name: 'digests',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'show digests as registries know them',
  },
  {
    name: 'filter',
    short: 'f',
    kind: 'list',
    placeholder: 'NAME=VALUE',
    origin: 'docker',
    status: 'supported',
    help: 'dangling=true, label=K[=V], reference=PATTERN, before=IMAGE, since=IMAGE, until=24h',
  },
  ROWS_FORMAT_FLAG,
  NO_TRUNC_FLAG,
  QUIET_FLAG,
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const imagesCommand = {
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  summary: 'List the images of the store',
  flags: FLAGS,
  async run({ values, positionals }) {
    const [name, ...more] = positionals;
    if (more.length > 0) throw new UsageError('tsbuild images takes at most one argument, REPOSITORY[:TAG]');
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const named = name === undefined ? [] : [`reference=${name}`];
    const isWanted = await readImageFilters([...values.list('filter'), ...named], builder);
    const images = (await builder.images()).filter(isWanted);
    const options = { noTrunc: values.bool('no-trunc') };
    const format = values.text('format');
    if (values.bool('quiet') && format === undefined)
      return { exitCode: 0, stdout: images.map(({ id }) => `${shownId(id, options)}\n`).join('') };
    const now = Date.now();
    const rows = images.map((image) => imageRow(image, options, now));
    return { exitCode: 0, stdout: formatRows(rows, format, shape(values.bool('digests'))) };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

function shape(withDigests: boolean): RowFormat {
  const digest = withDigests ? '\t{{.Digest}}' : '';
  return {
    defaultTable: `{{.Repository}}\t{{.Tag}}${digest}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}`,
    titles: { ID: 'IMAGE ID', CreatedSince: 'CREATED', CreatedAt: 'CREATED AT', VirtualSize: 'SIZE' },
    fields: [
      'ID',
      'Repository',
      'Tag',
      'Digest',
      'CreatedSince',
      'CreatedAt',
      'Size',
      'VirtualSize',
      'Containers',
      'SharedSize',
      'UniqueSize',
    ],
  };
}
