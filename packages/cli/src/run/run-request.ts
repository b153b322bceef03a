import { UsageError } from '@tsbuild/core';
import type { RunImageOptions } from '@tsbuild/engine';
import { oneOf } from '../build/choice.ts';
import { readAddHosts } from '../build/host-flag.ts';
import { readShmSize, readUlimits } from '../build/limit-flags.ts';
import { readResources } from '../build/resource-flags.ts';
import type { CommandInput } from '../command.ts';
import type { RunFlagName } from '../flags/run-flags.ts';
import { readEnvironment } from './environment-flags.ts';
import { readMount, readTmpfs, readVolume } from './mount-flags.ts';

type RunInput = Pick<CommandInput<RunFlagName>, 'values' | 'surroundings'>;

/** What a command line says of the command to run, apart from its streams. @throws {UsageError} @throws {TsbuildError} */
export async function readRunOptions({ values, surroundings }: RunInput): Promise<RunImageOptions> {
  const { cwd } = surroundings;
  const network = values.text('network') ?? values.text('net') ?? 'host';
  return {
    pull: oneOf('--pull', values.text('pull') ?? 'missing', ['missing', 'always', 'never']),
    env: await readEnvironment({ env: values.list('env'), files: values.list('env-file') }, surroundings),
    network: readNetwork(network),
    mounts: [
      ...values.list('volume').map((text) => readVolume(text, cwd)),
      ...values.list('mount').map((text) => readMount(text, cwd)),
      ...values.list('tmpfs').map(readTmpfs),
    ],
    addHosts: readAddHosts(values.list('add-host')),
    readOnly: values.bool('read-only'),
    ulimits: readUlimits(values.list('ulimit')),
    ...readShmSize(values.text('shm-size')),
    ...readResources((name) => values.text(name), []),
    ...readEntrypoint(values.text('entrypoint')),
    ...readText('platform', values.text('platform')),
    ...readText('hostname', values.text('hostname')),
    ...readText('user', values.text('user')),
    ...readText('cwd', values.text('workdir')),
  };
}

function readNetwork(value: string): 'host' | 'none' {
  if (value !== 'bridge' && value !== 'default') return oneOf('--network', value, ['host', 'none']);
  throw new UsageError(`--network ${value} is not supported: there is no bridge`, {
    hint: "use host, the machine's network, or none",
  });
}

/** One word, as with docker; the empty one takes the image's away. */
function readEntrypoint(text: string | undefined): Pick<RunImageOptions, 'entrypoint'> {
  if (text === undefined) return {};
  return { entrypoint: text === '' ? [] : [text] };
}

function readText<Key extends 'platform' | 'hostname' | 'user' | 'cwd'>(
  key: Key,
  value: string | undefined,
): Partial<Record<Key, string>> {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Record<Key, string>);
}
