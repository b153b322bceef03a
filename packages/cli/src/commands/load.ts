import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { LoadedImage, LoadProgress } from '@tsbuild/engine';
import type { Command, Surroundings } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { standardInput } from '../images/standard-input.ts';
import { barLine, openBars } from '../images/transfer-view.ts';
import { openBuilder } from '../open-builder.ts';
import { noArguments } from '../positionals.ts';

const FLAGS = [
  {
    name: 'input',
    short: 'i',
    kind: 'string',
    placeholder: 'FILE',
    origin: 'docker',
    status: 'supported',
    help: 'read a file instead of standard input',
  },
  {
    name: 'platform',
    kind: 'string',
    origin: 'docker',
    status: 'refused',
    reason: 'everything that the archive holds is loaded',
    mend: 'choose later: tsbuild inspect, save and build take --platform',
  },
  {
    name: 'quiet',
    short: 'q',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'show no progress',
  },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const loadCommand = {
  usage: '[OPTIONS]',
  summary: 'Take the images of an archive into the store',
  flags: FLAGS,
  async run({ values, positionals, surroundings, signal }) {
    noArguments('load', positionals);
    const { stdin, cwd } = surroundings;
    const input = values.text('input');
    const root = values.text('root');
    if (input === undefined && 'isTTY' in stdin && stdin.isTTY === true)
      throw new UsageError('requested load from stdin, but stdin is a terminal', { hint: 'use -i FILE, or redirect' });
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const source = input === undefined ? standardInput(stdin, signal) : resolve(cwd, input);
    const loaded = await showingProgress(surroundings, values.bool('quiet'), (onProgress) =>
      builder.load(source, { signal, onProgress }),
    );
    return { exitCode: 0, stdout: loaded.map(loadedLine).join('') };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

async function showingProgress<T>(
  { stdout, env }: Surroundings,
  isQuiet: boolean,
  load: (onProgress: (progress: LoadProgress) => void) => Promise<T>,
): Promise<T> {
  using bars = openBars(stdout, env);
  return await load(({ current, total }) => {
    if (!isQuiet) bars.set('archive', barLine('Loading', current, total));
  });
}

function loadedLine({ tag, id }: LoadedImage): string {
  return tag === undefined ? `Loaded image ID: ${id}\n` : `Loaded image: ${tag}\n`;
}
