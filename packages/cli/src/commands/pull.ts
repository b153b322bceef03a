import { familiarReference, parseReference } from '@tsbuild/core';
import type { PulledImage } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { PLATFORM_FLAG, QUIET_FLAG } from '../images/image-flags.ts';
import { openTransferView, PULL_WORDS } from '../images/transfer-view.ts';
import { openBuilder } from '../open-builder.ts';
import { oneArgument } from '../positionals.ts';
import { print } from '../print.ts';

const FLAGS = [
  { name: 'all-tags', short: 'a', kind: 'bool', origin: 'docker', status: 'supported', help: 'every tag there is' },
  {
    name: 'disable-content-trust',
    kind: 'bool',
    origin: 'docker',
    status: 'no-op',
    reason: 'content is verified by digest; Notary is not asked',
  },
  PLATFORM_FLAG,
  QUIET_FLAG,
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const pullCommand = {
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  summary: 'Fetch an image from its registry',
  flags: FLAGS,
  async run({ values, positionals, surroundings, signal }) {
    const name = oneArgument('pull', 'NAME[:TAG|@DIGEST]', positionals);
    const root = values.text('root');
    const platform = values.text('platform');
    const isQuiet = values.bool('quiet');
    const allTags = values.bool('all-tags');
    if (!isQuiet && !allTags) await print(surroundings.stdout, opening(name));
    await using builder = await openBuilder(root === undefined ? {} : { root });
    using view = openTransferView(surroundings, PULL_WORDS);
    const pulled = await builder.pull(name, {
      allTags,
      signal,
      ...(platform === undefined ? {} : { platform }),
      ...(isQuiet ? {} : { onProgress: view.onProgress }),
    });
    const lines = pulled.map((image) => `${isQuiet ? '' : outcome(image)}${image.reference}\n`);
    return { exitCode: 0, stdout: lines.join('') };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

function opening(name: string): string {
  const { tag, digest, repository } = parseReference(name);
  const isDefault = digest === undefined && !/:[^/]*$/.test(name);
  const shown = tag ?? digest ?? 'latest';
  return `${isDefault ? 'Using default tag: latest\n' : ''}${shown}: Pulling from ${repository}\n`;
}

function outcome({ reference, digest, isNew }: PulledImage): string {
  const status = isNew ? 'Downloaded newer image for' : 'Image is up to date for';
  return `Digest: ${digest}\nStatus: ${status} ${familiarReference(parseReference(reference))}\n`;
}
