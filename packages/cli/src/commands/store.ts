import { UsageError } from '@tsbuild/core';
import type { Command, CommandResult } from '../command.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { openBuilder } from '../open-builder.ts';
import { oneArgument } from '../positionals.ts';
import { formatBytes } from '../progress/bytes.ts';

const FLAGS = [
  { name: 'repair', kind: 'bool', origin: 'tsbuild', status: 'supported', help: 'remove what verify finds damaged' },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const storeCommand = {
  usage: '[OPTIONS] verify | rm',
  summary: 'Verify or remove the store',
  flags: FLAGS,
  async run({ values, positionals, signal }) {
    const verb = oneArgument('store', 'verify or rm', positionals);
    const root = values.text('root');
    const options = root === undefined ? {} : { root };
    if (verb === 'verify') return verify(options, { repair: values.bool('repair'), signal });
    if (verb !== 'rm') throw new UsageError(`unknown command: store ${verb}`, { hint: 'expected verify or rm' });
    const { removeStore } = await import('@tsbuild/engine');
    await removeStore(options);
    return { exitCode: 0 };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

/** Status 1 when something is not as it was written. Foreign files do no harm. */
async function verify(
  options: { readonly root?: string },
  request: { readonly repair: boolean; readonly signal: AbortSignal },
): Promise<CommandResult> {
  await using builder = await openBuilder(options);
  const { blobs, bytes, records, problems } = await builder.verify(request);
  const found = problems.map(({ kind, path }) => `${kind}: ${path}\n`).join('');
  const isSound = problems.every(({ kind }) => kind === 'foreign');
  return {
    exitCode: isSound || request.repair ? 0 : 1,
    stdout: `${found}${blobs} blobs (${formatBytes(bytes)}) and ${records} records verified, ${problems.length} problems\n`,
  };
}
