import { formatPlatform, hostPlatform } from '@tsbuild/core';
import type { BuilderOptions, BuildOptions } from '@tsbuild/engine';
import type { CommandInput } from '../command.ts';
import type { BuildFlagName } from '../flags/build-flags.ts';
import type { FlagValues } from '../flags/parse-flags.ts';
import { oneArgument } from '../positionals.ts';
import { readAttestations } from './attest-flags.ts';
import { readBuildContexts } from './build-context-flag.ts';
import { readCacheFrom } from './cache-from-flag.ts';
import { readCacheTo } from './cache-to-flag.ts';
import { oneOf } from './choice.ts';
import { readBuildInput } from './context-argument.ts';
import { readEpoch } from './epoch.ts';
import { readAddHosts } from './host-flag.ts';
import { readAnnotations, readBuildArgs, readLabels } from './key-values.ts';
import { readParallelism, readShmSize, readStepTimeout, readUlimits } from './limit-flags.ts';
import { readOutputs } from './outputs.ts';
import { readPolicy } from './policy-flag.ts';
import { readResources } from './resource-flags.ts';
import { readSecrets } from './secret-flag.ts';
import { readSign } from './sign-flag.ts';
import { readSsh } from './ssh-flag.ts';
import { readTtl } from './ttl-flag.ts';

type BuildInput = CommandInput<BuildFlagName>;

/** The options of the build that a command line asks for. @throws {UsageError} @throws {TsbuildError} */
export async function readBuildOptions({
  values,
  positionals,
  surroundings,
  signal,
}: BuildInput): Promise<BuildOptions> {
  const { env, cwd, stdout } = surroundings;
  const buildArgs = readBuildArgs(values.list('build-arg'), env);
  const epoch = values.text('source-date-epoch') ?? buildArgs.SOURCE_DATE_EPOCH ?? env.SOURCE_DATE_EPOCH;
  const options: BuildOptions = {
    ...(await readBuildInput({
      path: oneArgument('build', 'PATH', positionals),
      file: values.text('file'),
      surroundings,
      signal,
    })),
    ...readPlatforms(values.list('platform')),
    ...readTarget(values.text('target')),
    ...readEpoch(epoch),
    buildArgs: epoch ? { SOURCE_DATE_EPOCH: epoch, ...buildArgs } : buildArgs,
    buildContexts: readBuildContexts(values.list('build-context'), cwd),
    labels: readLabels(values.list('label')),
    ...(values.bool('squash') ? { squash: 'base' as const } : {}),
    annotations: readAnnotations(values.list('annotation')),
    secrets: readSecrets(values.list('secret'), env),
    ssh: readSsh(values.list('ssh'), env),
    addHosts: readAddHosts(values.list('add-host')),
    allow: readAllow(values.list('allow')),
    ...readShmSize(values.text('shm-size')),
    ulimits: readUlimits(values.list('ulimit')),
    ...readAttestations({
      attest: values.list('attest'),
      provenance: values.text('provenance'),
      sbom: values.text('sbom'),
    }),
    ...readResources((name) => values.text(name), values.list('resource')),
    ...readStepTimeout(values.text('step-timeout')),
    ...readPolicy(values.list('policy'), cwd, env),
    ...readSign(values.text('sign'), cwd, env),
    network: oneOf('--network', values.text('network') ?? 'default', ['default', 'host', 'none']),
    tags: values.list('tag'),
    outputs: readOutputs({
      outputs: values.list('output'),
      tags: values.list('tag'),
      push: values.bool('push'),
      load: values.bool('load'),
      isStdoutTerminal: stdout.isTTY === true,
    }),
    cacheFrom: values.list('cache-from').flatMap((text) => readCacheFrom(text, cwd)),
    cacheTo: values.list('cache-to').flatMap((text) => readCacheTo(text, cwd)),
    noCache: values.bool('no-cache'),
    noCacheFilter: values.list('no-cache-filter').flatMap((text) => text.split(',')),
    pull: values.bool('pull'),
    ttl: readTtl(values.list('ttl')),
    modes: oneOf('--modes', values.text('modes') ?? 'exact', ['exact', 'git']),
  };
  return options;
}

type BuilderFlagName = 'root' | 'runner' | 'max-parallelism' | 'ignore-chown-errors';

/** The options of the builder behind it. @throws {UsageError} */
export function readBuilderOptions({
  values,
}: {
  readonly values: Pick<FlagValues<BuilderFlagName>, 'text' | 'bool'>;
}): BuilderOptions {
  const parallelism = values.text('max-parallelism');
  return {
    ...readPlace(values),
    ...(parallelism === undefined ? {} : { maxParallelism: readParallelism(parallelism) }),
    ...(values.bool('ignore-chown-errors') ? { ignoreChownErrors: true } : {}),
  };
}

/** Which store is used, and what starts commands. @throws {UsageError} */
export function readPlace(values: Pick<FlagValues<'root' | 'runner'>, 'text'>): BuilderOptions {
  const root = values.text('root');
  const runner = values.text('runner');
  return {
    ...(root === undefined ? {} : { root }),
    ...(runner === undefined ? {} : { runner: oneOf('--runner', runner, ['builtin', 'runc', 'crun']) }),
  };
}

/** `--allow security.insecure`; entitlements of one flag may stand between commas. */
function readAllow(values: readonly string[]): NonNullable<BuildOptions['allow']> {
  const names = values.flatMap((text) => text.split(',')).filter((text) => text !== '');
  return names.map((name) => oneOf('--allow', name, ['network.host', 'security.insecure']));
}

function readTarget(target: string | undefined): Pick<BuildOptions, 'target'> {
  return target === undefined || target === '' ? {} : { target };
}

/** `--platform`, repeated or between commas; `local` is this machine's. */
function readPlatforms(values: readonly string[]): Pick<BuildOptions, 'platforms'> {
  const platforms = values.flatMap((text) => text.split(',')).filter((text) => text !== '');
  return { platforms: platforms.map((text) => (text === 'local' ? formatPlatform(hostPlatform()) : text)) };
}
