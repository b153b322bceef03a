import type { StoreEntry } from '@tsbuild/engine';
import { oneOf } from '../build/choice.ts';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { openBuilder } from '../open-builder.ts';
import { noArguments } from '../positionals.ts';
import { formatBytes } from '../progress/bytes.ts';
import { formatAge } from '../progress/duration.ts';
import { table } from '../table.ts';
import { entryFilter } from '../upkeep/prune-policy.ts';

const FLAGS = [
  {
    name: 'filter',
    kind: 'list',
    placeholder: 'NAME=VALUE',
    origin: 'buildx',
    status: 'supported',
    help: 'until=24h, kind=mount, id=DIGEST',
  },
  {
    name: 'format',
    kind: 'string',
    placeholder: 'json|table',
    origin: 'buildx',
    status: 'supported',
    help: 'json is one object a line (default table)',
  },
  { name: 'json', kind: 'bool', origin: 'tsbuild', status: 'supported', help: 'the same as --format json' },
  { name: 'verbose', kind: 'bool', origin: 'buildx', status: 'supported', help: 'every entry, and ids in full' },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const duCommand = {
  usage: '[OPTIONS]',
  summary: 'Show what the store holds',
  flags: FLAGS,
  async run({ values, positionals, signal }) {
    noArguments('du', positionals);
    const format = values.bool('json') ? 'json' : oneOf('--format', values.text('format') ?? 'table', FORMATS);
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const isWanted = entryFilter(values.list('filter'));
    const entries = (await builder.usage({ signal })).filter(isWanted).sort((a, b) => b.size - a.size);
    if (format === 'json')
      return { exitCode: 0, stdout: entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') };
    const listed = values.bool('verbose')
      ? table([ENTRY_HEADER, ...entries.map((entry) => entryRow(entry, Date.now()))])
      : kindTable(entries);
    return { exitCode: 0, stdout: `${listed}${totals(entries)}` };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

const FORMATS = ['json', 'table'] as const;

const ENTRY_HEADER = ['KIND', 'SIZE', 'LAST USED', 'IN USE', 'ID'];

function entryRow({ kind, size, lastUsed, isInUse, id }: StoreEntry, now: number): readonly string[] {
  return [kind, formatBytes(size), `${formatAge(now - lastUsed)} ago`, isInUse ? 'yes' : 'no', id];
}

/** One line for each kind of entry. */
function kindTable(entries: readonly StoreEntry[]): string {
  const kinds = [...new Set(entries.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const own = entries.filter((entry) => entry.kind === kind);
    return [
      kind,
      String(own.length),
      formatBytes(sizeOf(own)),
      formatBytes(sizeOf(own.filter((entry) => !entry.isInUse))),
    ];
  });
  return table([['KIND', 'COUNT', 'SIZE', 'RECLAIMABLE'], ...rows]);
}

function totals(entries: readonly StoreEntry[]): string {
  const reclaimable = entries.filter(({ isInUse }) => !isInUse);
  return `Reclaimable: ${formatBytes(sizeOf(reclaimable))}\nTotal: ${formatBytes(sizeOf(entries))}\n`;
}

function sizeOf(entries: readonly StoreEntry[]): number {
  return entries.reduce((total, { size }) => total + size, 0);
}
