import { isTsbuildError, UsageError } from '@tsbuild/core';
import type { Builder } from '@tsbuild/engine';
import type { Command, Surroundings } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { FORMAT_FLAG, PLATFORM_FLAG } from '../images/image-flags.ts';
import { inspectData } from '../images/inspect-json.ts';
import { openBuilder } from '../open-builder.ts';
import { print } from '../print.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { runTemplate } from '../template/run-template.ts';
import { filesAsJson, filesAsText } from './inspect-files.ts';

const FLAGS = [
  {
    name: 'files',
    kind: 'bool',
    origin: 'tsbuild',
    status: 'supported',
    help: 'list the files of each layer, with what later layers hide',
  },
  FORMAT_FLAG,
  PLATFORM_FLAG,
  {
    name: 'size',
    short: 's',
    kind: 'bool',
    origin: 'docker',
    status: 'no-op',
    reason: 'sizes are shown anyway',
  },
  {
    name: 'type',
    kind: 'string',
    placeholder: 'image',
    origin: 'docker',
    status: 'refused',
    reason: 'the store holds images alone',
    harmless: ['', 'image'],
  },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const inspectCommand = {
  usage: '[OPTIONS] IMAGE...',
  summary: 'Print the configuration of images as JSON',
  flags: FLAGS,
  async run({ values, positionals, surroundings }) {
    if (positionals.length === 0) throw new UsageError('tsbuild inspect needs at least one argument, IMAGE');
    const root = values.text('root');
    const platform = values.text('platform');
    const format = values.text('format');
    const show = values.bool('files') ? showFiles(format) : showData(format);
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const look = (name: string) => show.read(name, builder, platform === undefined ? {} : { platform });
    await inspectAll(positionals, look, show.print, surroundings);
    return { exitCode: 0 };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

interface Shown {
  readonly read: (name: string, builder: Builder, options: { readonly platform?: string }) => Promise<unknown>;
  readonly print: (found: readonly unknown[]) => string;
}

function showData(format: string | undefined): Shown {
  const read = async (name: string, builder: Builder, options: { readonly platform?: string }) =>
    inspectData(await builder.inspect(name, options));
  if (format === undefined) return { read, print: prettyJson };
  if (format === 'json') return { read, print: (found) => found.map((data) => `${JSON.stringify(data)}\n`).join('') };
  const nodes = parseTemplate(format);
  return {
    read: async (...request) => runTemplate(nodes, await read(...request)),
    print: (found) => found.map((text) => `${String(text)}\n`).join(''),
  };
}

function showFiles(format: string | undefined): Shown {
  if (format === 'json')
    return { read: async (name, builder) => filesAsJson(await builder.image(name)), print: prettyJson };
  if (format !== undefined)
    throw new UsageError(`unsupported --format ${JSON.stringify(format)} of --files`, { hint: 'json is the only one' });
  return {
    read: async (name, builder) => filesAsText(name, await builder.image(name)),
    print: (found) => found.join('\n'),
  };
}

function prettyJson(found: readonly unknown[]): string {
  return `${JSON.stringify(found, null, 4)}\n`;
}

/** What is found is printed, also when the next is not there. */
async function inspectAll(
  names: readonly string[],
  look: (name: string) => Promise<unknown>,
  shown: (found: readonly unknown[]) => string,
  { stdout, stderr }: Surroundings,
): Promise<void> {
  const found: unknown[] = [];
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      found.push(await look(name));
    } catch (error) {
      if (!isTsbuildError(error) || error.code !== 'ERR_TSBUILD_IMAGE_NOT_FOUND') throw error;
      failures.push(error);
    }
  }
  await print(stdout, shown(found));
  const last = failures.pop();
  for (const failure of failures) if (isTsbuildError(failure)) await print(stderr, `error: ${failure.message}\n`);
  if (last !== undefined) throw last;
}
