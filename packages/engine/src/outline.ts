import { hostPlatform, type SourceRange } from '@tsbuild/core';
import {
  type ArgInstruction,
  type Dockerfile,
  expandRunMounts,
  parseDockerfile,
  type RunMount,
  type Stage,
} from '@tsbuild/dockerfile';
import type { BuildFile } from './builder-types.ts';
import { createExpander, type Expander } from './lower/expander.ts';
import { automaticArgs, globalArgs } from './lower/global-args.ts';
import { targetStage } from './lower/lower.ts';
import { neededStages } from './lower/stage-graph.ts';
import type { BuildOptions } from './options.ts';
import { platformsOf } from './platforms.ts';

/** What decides which parameters a build has. */
export type OutlineOptions = Pick<BuildOptions, 'target' | 'platforms' | 'buildArgs'>;

/** A stage that `--target` can name. */
export interface TargetSummary {
  readonly name: string | undefined;
  /** Built when no target is named. */
  readonly isDefault: boolean;
  /** The comment above its FROM. */
  readonly description: string | undefined;
  /** Image or stage that it is built on. */
  readonly base: string;
  readonly platform: string | undefined;
  readonly range: SourceRange;
}

/** A build argument that a target reads. */
export interface OutlineArg {
  readonly name: string;
  /** What it would be in this build. */
  readonly value: string | undefined;
  readonly description: string | undefined;
  readonly range: SourceRange;
}

/** A secret, ssh agent or cache that a target mounts. */
export interface OutlineInput {
  readonly name: string;
  readonly required: boolean;
  readonly range: SourceRange;
}

/** What a build of one target takes from outside, in the order of the lines. */
export interface TargetOutline {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly args: readonly OutlineArg[];
  readonly secrets: readonly OutlineInput[];
  readonly ssh: readonly OutlineInput[];
  readonly caches: readonly OutlineInput[];
}

/** Every stage of a Dockerfile (`--call=targets`). @throws {DockerfileError} */
export function listTargets(file: BuildFile, options: OutlineOptions): readonly TargetSummary[] {
  const { dockerfile, expander, globals } = read(file, options, undefined);
  return dockerfile.stages.map(({ name, comment, from, index }) => ({
    name,
    isDefault: index === dockerfile.stages.length - 1,
    description: comment,
    base: expander.expand(from.image, globals, from),
    platform: from.platform === undefined ? undefined : expander.expand(from.platform, globals, from),
    range: from.range,
  }));
}

/** What one target takes (`--call=outline`). @throws {DockerfileError} @throws {TsbuildError} ERR_TSBUILD_UNKNOWN_STAGE */
export function describeTarget(file: BuildFile, options: OutlineOptions): TargetOutline {
  const parsed = read(file, options, options.target);
  const { dockerfile } = parsed;
  const stage = targetStage(dockerfile, options.target);
  const needed = dockerfile.stages.filter((other) => neededStages(stage, dockerfile.stages).has(other));
  const mounts = needed.flatMap((other) => mountsOf(other, parsed));
  const inputs = (type: RunMount['type']) => onePerName(mounts.filter(({ mount }) => mount.type === type).map(toInput));
  return {
    name: stage.name,
    description: stage.comment,
    args: [...usedGlobals(needed, parsed), ...needed.flatMap((other) => argsOf(other, parsed))],
    secrets: inputs('secret'),
    ssh: inputs('ssh'),
    caches: inputs('cache'),
  };
}

interface ReadDockerfile {
  readonly dockerfile: Dockerfile;
  readonly expander: Expander;
  readonly globals: ReadonlyMap<string, string>;
  readonly buildArgs: Readonly<Record<string, string>>;
}

function read({ name, text }: BuildFile, options: OutlineOptions, target: string | undefined): ReadDockerfile {
  const { buildArgs = {} } = options;
  const [targetPlatform = hostPlatform()] = platformsOf(options);
  const dockerfile = parseDockerfile(text, { name });
  const expander = createExpander(dockerfile.directives.escape, dockerfile.source);
  const platforms = { build: hostPlatform(), target: targetPlatform };
  const automatic = automaticArgs(platforms, target ?? 'default', buildArgs);
  return {
    dockerfile,
    expander,
    buildArgs,
    globals: globalArgs(automatic, dockerfile.globalArgs, buildArgs, expander),
  };
}

/** Global arguments that a FROM of the stages reads, by their names in it. */
function usedGlobals(stages: readonly Stage[], { dockerfile, globals }: ReadDockerfile): OutlineArg[] {
  const words = stages.map(({ from }) => `${from.image} ${from.platform ?? ''}`).join(' ');
  const isUsed = (name: string) => new RegExp(`\\$\\{?${name}\\b`).test(words);
  return dockerfile.globalArgs.flatMap(({ args, range }) =>
    args
      .filter(({ name }) => isUsed(name))
      .map(({ name, comment }) => ({ name, value: globals.get(name), description: comment, range })),
  );
}

function argsOf(stage: Stage, { globals, expander, buildArgs }: ReadDockerfile): OutlineArg[] {
  const env = new Map<string, string>();
  return stage.instructions
    .filter((instruction): instruction is ArgInstruction => instruction.kind === 'ARG')
    .flatMap((instruction) =>
      instruction.args.map(({ name, defaultValue, comment }): OutlineArg => {
        const fallback =
          defaultValue === undefined ? globals.get(name) : expander.expand(defaultValue, env, instruction);
        const value = buildArgs[name] ?? fallback;
        if (value !== undefined) env.set(name, value);
        return { name, value, description: comment, range: instruction.range };
      }),
    );
}

interface MountUse {
  readonly mount: RunMount;
  readonly range: SourceRange;
}

function mountsOf(stage: Stage, { globals, expander }: ReadDockerfile): MountUse[] {
  return stage.instructions.flatMap((instruction) => {
    if (instruction.kind !== 'RUN') return [];
    const mounts = expandRunMounts(instruction.mounts, globals, expander.options(instruction));
    return mounts.map((mount) => ({ mount, range: instruction.range }));
  });
}

function toInput({ mount, range }: MountUse): OutlineInput {
  const name = 'id' in mount ? (mount.id ?? mount.target ?? '') : '';
  return { name, required: 'required' in mount && mount.required, range };
}

/** A name counts once, and is required if it is anywhere. */
function onePerName(inputs: readonly OutlineInput[]): OutlineInput[] {
  const byName = new Map<string, OutlineInput>();
  for (const input of inputs) {
    const first = byName.get(input.name);
    byName.set(input.name, first === undefined ? input : { ...first, required: first.required || input.required });
  }
  return [...byName.values()];
}
