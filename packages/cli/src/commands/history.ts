import type { ImageDescription, SizedHistory } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { goTime, humanDuration, humanSize } from '../images/human.ts';
import { NO_TRUNC_FLAG, PLATFORM_FLAG, QUIET_FLAG, ROWS_FORMAT_FLAG } from '../images/image-flags.ts';
import { shownId } from '../images/image-rows.ts';
import { openBuilder } from '../open-builder.ts';
import { oneArgument } from '../positionals.ts';
import { formatRows } from '../template/format-rows.ts';
import type { TemplateData } from '../template/run-template.ts';
import { visible } from '../visible.ts';

const FLAGS = [
  ROWS_FORMAT_FLAG,
  {
    name: 'human',
    short: 'H',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'sizes and times for people; --human=false for programs (default true)',
  },
  NO_TRUNC_FLAG,
  PLATFORM_FLAG,
  QUIET_FLAG,
  ROOT_FLAG,
] as const satisfies readonly Flag[];

const SHAPE = {
  defaultTable: '{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}',
  titles: { ID: 'IMAGE', CreatedSince: 'CREATED', CreatedBy: 'CREATED BY', CreatedAt: 'CREATED AT' },
  fields: ['ID', 'CreatedSince', 'CreatedAt', 'CreatedBy', 'Size', 'Comment'],
};

export const historyCommand = {
  usage: '[OPTIONS] IMAGE',
  summary: 'Show the steps that made an image',
  flags: FLAGS,
  async run({ values, positionals }) {
    const name = oneArgument('history', 'IMAGE', positionals);
    const root = values.text('root');
    const platform = values.text('platform');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const image = await builder.inspect(name, platform === undefined ? {} : { platform });
    const style = { noTrunc: values.bool('no-trunc'), isHuman: !values.isSet('human') || values.bool('human') };
    const rows = historyRows(image, style, Date.now());
    if (values.bool('quiet')) return { exitCode: 0, stdout: rows.map(({ ID }) => `${String(ID)}\n`).join('') };
    return { exitCode: 0, stdout: formatRows(rows, values.text('format'), SHAPE) };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

interface HistoryStyle {
  readonly noTrunc: boolean;
  readonly isHuman: boolean;
}

/** The newest first. Only the last step is an image of its own. */
function historyRows({ id, history }: ImageDescription, style: HistoryStyle, now: number): readonly TemplateData[] {
  return history
    .toReversed()
    .map((entry, at) => ({ ID: at === 0 ? shownId(id, style) : '<missing>', ...historyRow(entry, style, now) }));
}

const MAX_CREATED_BY = 45;

function historyRow(entry: SizedHistory, { noTrunc, isHuman }: HistoryStyle, now: number) {
  const created = new Date(entry.created ?? 0);
  const text = visible(entry.created_by ?? '')
    .replaceAll('\t', ' ')
    .replaceAll('\n', ' ');
  const createdAt = isHuman ? goTime(created) : created.toISOString().replace('.000Z', 'Z');
  return {
    CreatedSince: isHuman ? `${humanDuration(now - created.getTime())} ago` : createdAt,
    CreatedAt: createdAt,
    CreatedBy: noTrunc || text.length <= MAX_CREATED_BY ? text : `${text.slice(0, MAX_CREATED_BY - 1)}…`,
    Size: isHuman ? humanSize(entry.size) : String(entry.size),
    Comment: visible(entry.comment ?? '').replaceAll('\n', ' '),
  };
}
