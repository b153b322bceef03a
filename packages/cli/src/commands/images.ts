import { digestHex, familiarReference, parseReference } from '@tsbuild/core';
import type { Builder } from '@tsbuild/engine';
import type { Command } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { openBuilder } from '../open-builder.ts';
import { noArguments } from '../positionals.ts';
import { formatAge } from '../progress/duration.ts';
import { table } from '../table.ts';

const FLAGS = [
  { name: 'no-trunc', kind: 'bool', origin: 'docker', status: 'supported', help: 'show digests in full' },
  { name: 'quiet', short: 'q', kind: 'bool', origin: 'docker', status: 'supported', help: 'show digests only' },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

type Listed = Awaited<ReturnType<Builder['images']>>[number];

export const imagesCommand = {
  usage: '[OPTIONS]',
  summary: 'List the images of the store',
  flags: FLAGS,
  async run({ values, positionals }) {
    noArguments('images', positionals);
    const root = values.text('root');
    await using builder = await openBuilder(root === undefined ? {} : { root });
    const images = await builder.images();
    const digest = values.bool('no-trunc') ? fullDigest : shortDigest;
    if (values.bool('quiet')) return { exitCode: 0, stdout: images.map((image) => `${digest(image)}\n`).join('') };
    const now = Date.now();
    return { exitCode: 0, stdout: table([HEADER, ...images.map((image) => row(image, digest(image), now))]) };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

const HEADER = ['REPOSITORY', 'TAG', 'DIGEST', 'CREATED'];

function row({ reference, created }: Listed, digest: string, now: number): readonly string[] {
  const { tag = '<none>', ...rest } = parseReference(reference);
  const { digest: _, ...named } = rest;
  return [familiarReference(named), tag, digest, `${formatAge(now - created.getTime())} ago`];
}

function fullDigest({ descriptor }: Listed): string {
  return descriptor.digest;
}

function shortDigest({ descriptor }: Listed): string {
  return digestHex(descriptor.digest).slice(0, 12);
}
