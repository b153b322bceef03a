import {
  type BakeBuild,
  type BakeTarget,
  type LoadOptions,
  loadBake,
  type Selection,
  selectTargets,
} from '@tsbuild/bake';
import { readBuildOptions } from '../build/request.ts';
import type { CommandInput } from '../command.ts';
import type { BakeFlagName } from '../flags/bake-flags.ts';
import { BUILD_FLAGS } from '../flags/build-flags.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { targetArguments } from './target-arguments.ts';

type BakeInput = CommandInput<BakeFlagName>;

/** What the files and flags of a command line come down to. @throws {BakeFileError} @throws {UsageError} */
export async function readBake({ values, positionals, surroundings }: BakeInput) {
  const { cwd, env } = surroundings;
  const definition = await loadBake({ cwd, env, set: settings(values), ...given(values) });
  return { definition, selection: selectTargets(definition, positionals) };
}

function given(values: BakeInput['values']): LoadOptions {
  const [files, envFiles, profiles] = [values.list('file'), values.list('env-file'), values.list('profile')];
  return { files, ...(envFiles.length === 0 ? {} : { envFiles }), ...(profiles.length === 0 ? {} : { profiles }) };
}

/** Flags that stand for a `--set` of every target; those given as `--set` come last and win. */
function settings(values: BakeInput['values']): readonly string[] {
  const shorthands = [
    ...(values.bool('push') ? ['*.output=type=registry'] : []),
    ...(values.bool('load') ? ['*.output=type=docker'] : []),
    ...(values.bool('no-cache') ? ['*.no-cache=true'] : []),
    ...(values.bool('pull') ? ['*.pull=true'] : []),
    ...attestations('provenance', values.text('provenance')),
    ...attestations('sbom', values.text('sbom')),
    ...values.list('allow').map((entitlement) => `*.entitlements+=${entitlement}`),
  ];
  return [...shorthands, ...values.list('set')];
}

function attestations(type: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const option = value === 'true' ? '' : value === 'false' ? ',disabled=true' : `,${value}`;
  return [`*.attest+=type=${type}${option}`];
}

/** The options of every target that is built, by name. @throws {UsageError} what a wrong value of a flag is */
export async function readTargets(
  targets: ReadonlyMap<string, BakeTarget>,
  { order }: Selection,
  input: BakeInput,
): Promise<Record<string, BakeBuild>> {
  const builds: Record<string, BakeBuild> = {};
  for (const name of order) builds[name] = await readTarget(targets.get(name) ?? {}, input);
  return builds;
}

async function readTarget(target: BakeTarget, input: BakeInput): Promise<BakeBuild> {
  const { values, positionals } = parseFlags(BUILD_FLAGS, targetArguments(target));
  const { surroundings, signal } = input;
  const options = await readBuildOptions({ values, positionals, surroundings, signal });
  const contexts = Object.entries(target.contexts ?? {}).filter(([, place]) => place?.startsWith('target:'));
  return {
    ...options,
    ...(target.dockerfile === undefined ? {} : { file: target.dockerfile }),
    ...(target['dockerfile-inline'] === undefined ? {} : { dockerfile: target['dockerfile-inline'] }),
    buildContexts: { ...options.buildContexts, ...withoutNull(contexts) },
  };
}

function withoutNull(entries: readonly (readonly [string, string | null])[]): Record<string, string> {
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}
