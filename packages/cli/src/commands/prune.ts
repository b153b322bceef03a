import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { openBuilder } from '../open-builder.ts';
import { noArguments } from '../positionals.ts';
import { formatBytes } from '../progress/bytes.ts';
import { readPrunePolicy } from '../upkeep/prune-policy.ts';

const string = { kind: 'string', status: 'supported' } as const;

const FLAGS = [
  {
    name: 'all',
    short: 'a',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'everything that is not in use',
  },
  {
    name: 'filter',
    kind: 'list',
    placeholder: 'NAME=VALUE',
    origin: 'docker',
    status: 'supported',
    help: 'until=24h, kind=mount, id=DIGEST',
  },
  { name: 'force', short: 'f', kind: 'bool', origin: 'docker', status: 'no-op', reason: 'there is no prompt' },
  {
    name: 'keep-duration',
    ...string,
    placeholder: 'DURATION',
    origin: 'tsbuild',
    help: 'only what was not used for so long',
  },
  {
    name: 'max-size',
    ...string,
    placeholder: 'BYTES',
    origin: 'tsbuild',
    help: 'the least recently used, down to this size',
  },
  { name: 'max-used-space', ...string, placeholder: 'BYTES', origin: 'buildx', help: 'the same as --max-size' },
  { name: 'verbose', kind: 'bool', origin: 'buildx', status: 'supported', help: 'list what is removed' },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const pruneCommand = {
  usage: '[OPTIONS]',
  summary: 'Remove what the store can do without',
  flags: FLAGS,
  async run({ values, positionals, signal }) {
    noArguments('prune', positionals);
    const policy = readPrunePolicy({
      all: values.bool('all'),
      maxSize: values.text('max-size') ?? values.text('max-used-space'),
      keepDuration: values.text('keep-duration'),
      filters: values.list('filter'),
    });
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const { removed, freed, remaining, failed } = await builder.prune(policy, { signal });
    const listed = values.bool('verbose')
      ? removed.map(({ kind, id, size }) => `${kind} ${id} ${formatBytes(size)}\n`)
      : [];
    const left = failed.map(({ entry, error }) => `not removed: ${entry.kind} ${entry.id}: ${String(error)}\n`);
    return {
      exitCode: failed.length === 0 ? 0 : 1,
      stdout: `${listed.join('')}${left.join('')}removed ${removed.length}, freed ${formatBytes(freed)}, left ${formatBytes(remaining)}\n`,
    };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;
