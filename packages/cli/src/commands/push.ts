import { parseReference } from '@tsbuild/core';
import type { PushedImage } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { QUIET_FLAG } from '../images/image-flags.ts';
import { openTransferView, PUSH_WORDS } from '../images/transfer-view.ts';
import { openBuilder } from '../open-builder.ts';
import { oneArgument } from '../positionals.ts';
import { print } from '../print.ts';

const FLAGS = [
  { name: 'all-tags', short: 'a', kind: 'bool', origin: 'docker', status: 'supported', help: 'every tag in the store' },
  {
    name: 'disable-content-trust',
    kind: 'bool',
    origin: 'docker',
    status: 'no-op',
    reason: 'images are not signed with Notary',
  },
  {
    name: 'platform',
    kind: 'string',
    origin: 'docker',
    status: 'refused',
    reason: 'what the store has of an image is pushed as it is',
    mend: 'tag and push an image of that platform alone',
  },
  QUIET_FLAG,
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const pushCommand = {
  usage: '[OPTIONS] NAME[:TAG]',
  summary: 'Send an image to its registry',
  flags: FLAGS,
  async run({ values, positionals, surroundings, signal }) {
    const name = oneArgument('push', 'NAME[:TAG]', positionals);
    const root = values.text('root');
    const isQuiet = values.bool('quiet');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    if (!isQuiet) await print(surroundings.stdout, opening(name));
    using view = openTransferView(surroundings, PUSH_WORDS);
    const pushed = await builder.push(name, {
      allTags: values.bool('all-tags'),
      signal,
      ...(isQuiet ? {} : { onProgress: view.onProgress }),
    });
    return { exitCode: 0, stdout: pushed.map((image) => (isQuiet ? `${image.reference}\n` : outcome(image))).join('') };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

function opening(name: string): string {
  const { registry, repository } = parseReference(name);
  return `The push refers to repository [${registry}/${repository}]\n`;
}

function outcome({ reference, digest, size }: PushedImage): string {
  return `${parseReference(reference).tag ?? ''}: digest: ${digest} size: ${size}\n`;
}
