import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isTsbuildError, UsageError } from '@tsbuild/core';
import type { Builder, BuildRecord, BuiltImage } from '@tsbuild/engine';
import { buildsTable, describeBuild, writeLogs } from '../builds/build-texts.ts';
import type { Command, CommandResult, Surroundings } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { openBuilder } from '../open-builder.ts';
import { openInBrowser } from '../report/open-in-browser.ts';
import { writeReport } from '../report/write-report.ts';

const FLAGS = [
  { name: 'all', short: 'a', kind: 'bool', origin: 'tsbuild', status: 'supported', help: 'rm: every build' },
  {
    name: 'output',
    short: 'o',
    kind: 'string',
    placeholder: 'FILE',
    origin: 'tsbuild',
    status: 'supported',
    help: 'open: write the page to a file, and open nothing',
  },
  { name: 'json', kind: 'bool', origin: 'tsbuild', status: 'supported', help: 'ls, inspect: as JSON' },
  {
    name: 'step',
    kind: 'string',
    placeholder: 'NUMBER',
    origin: 'tsbuild',
    status: 'supported',
    help: 'logs: of one step only, unchanged',
  },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

interface Request {
  readonly builder: Builder;
  readonly ids: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
  readonly step: string | undefined;
  readonly output: string | undefined;
  readonly surroundings: Surroundings;
}

const VERBS: Readonly<Record<string, (request: Request) => Promise<CommandResult>>> = { ls, inspect, logs, open, rm };

export const buildsCommand = {
  usage: '[OPTIONS] ls | inspect [ID] | logs [ID] | open [ID] | rm ID...',
  summary: 'List, show and remove the records of past builds',
  flags: FLAGS,
  async run({ values, positionals, surroundings }) {
    const [name = 'ls', ...ids] = positionals;
    const verb = VERBS[name];
    if (verb === undefined)
      throw new UsageError(`unknown command: builds ${name}`, { hint: 'expected ls, inspect, logs, open or rm' });
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    return await verb({
      builder,
      ids,
      all: values.bool('all'),
      json: values.bool('json'),
      step: values.text('step'),
      output: values.text('output'),
      surroundings,
    });
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

async function ls({ builder, json }: Request): Promise<CommandResult> {
  const records = await builder.builds.list();
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  return { exitCode: 0, stdout: json ? lines : buildsTable(records, Date.now()) };
}

async function inspect({ builder, ids, json }: Request): Promise<CommandResult> {
  const record = await builder.builds.get(oneId(ids));
  return { exitCode: 0, stdout: json ? `${JSON.stringify(record, null, 2)}\n` : describeBuild(record) };
}

async function logs({ builder, ids, step, surroundings }: Request): Promise<CommandResult> {
  const record = await builder.builds.get(oneId(ids));
  await writeLogs(builder.builds, record, step === undefined ? undefined : stepOf(record, step), surroundings.stdout);
  return { exitCode: 0 };
}

/** Without `--output` the page is a file of the temporary folder. It is printed where it is, whether a browser shows it or not. */
async function open({ builder, ids, output, surroundings }: Request): Promise<CommandResult> {
  const record = await builder.builds.get(oneId(ids));
  const path = resolve(surroundings.cwd, output ?? join(tmpdir(), `tsbuild-${record.id}.html`));
  await writeReport(path, record.id, builder, { images: await imagesOf(record, builder), outputs: [] });
  if (output === undefined && surroundings.stdout.isTTY === true) await openInBrowser(path);
  return { exitCode: 0, stdout: `${path}\n` };
}

/** The images of a past build that the store still has. */
async function imagesOf({ images }: BuildRecord, builder: Builder): Promise<Record<string, BuiltImage>> {
  const found: Record<string, BuiltImage> = {};
  for (const { platform, id } of images) {
    const image = await builder.image(id).catch((error: unknown) => {
      if (isTsbuildError(error) && error.code === 'ERR_TSBUILD_IMAGE_NOT_FOUND') return undefined;
      throw error;
    });
    if (image !== undefined) found[platform] = image;
  }
  return found;
}

async function rm({ builder, ids, all }: Request): Promise<CommandResult> {
  if (ids.length === 0 && !all) throw new UsageError('tsbuild builds rm needs at least one ID', { hint: 'or --all' });
  const records = all ? await builder.builds.list() : await Promise.all(ids.map((id) => builder.builds.get(id)));
  for (const record of records) await builder.builds.remove(record);
  return { exitCode: 0, stdout: records.map(({ id }) => `${id}\n`).join('') };
}

function oneId(ids: readonly string[]): string {
  if (ids.length > 1) throw new UsageError(`expected one ID, got ${ids.length}`);
  return ids[0] ?? 'latest';
}

/** Steps are numbered from 1, as `inspect` lists them. */
function stepOf(record: BuildRecord, number: string): BuildRecord['steps'][number] {
  const step = record.steps[Number(number) - 1];
  if (step === undefined)
    throw new UsageError(`the build has no step ${number}`, { hint: `it has ${record.steps.length}` });
  return step;
}
