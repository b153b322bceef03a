import {
  DockerfileError,
  type Platform,
  parsePlatform,
  type SourceRange,
  TsbuildError,
  withSource,
} from '@tsbuild/core';
import {
  type Dockerfile,
  didYouMean,
  parseOnbuildTrigger,
  type Stage,
  type StageInstruction,
} from '@tsbuild/dockerfile';
import type { ImageVertex, LocalSource, LoweredImage, ResolvedImage, SourceRef, StepInfo, Vertex } from '../graph.ts';
import { createExpander, type Expander } from './expander.ts';
import { automaticArgs, type BuildPlatforms, globalArgs, proxyEnv } from './global-args.ts';
import { lowerInstruction } from './lower-instruction.ts';
import { namedContextVertex } from './named-context.ts';
import type { StageContext } from './stage-context.ts';
import { findStage, refuseCircles, stagesByName } from './stage-graph.ts';
import { childState, imageState, type StageState, scratchState, withConfig } from './stage-state.ts';
import { isNumbered, type StepNumbering, stepLabel } from './step-labels.ts';

export interface LowerOptions {
  readonly target: string | undefined;
  readonly platforms: BuildPlatforms;
  /** The platform was asked for: the image says so whatever its base says. */
  readonly isPlatformExplicit: boolean;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly extraHosts: Readonly<Record<string, string>>;
  readonly network: 'default' | 'none' | 'host';
  readonly buildContext: LocalSource;
  /** Named contexts by lower-case name. */
  readonly namedContexts: ReadonlyMap<string, NamedContext>;
  readonly noCache: (stageName: string) => boolean;
  /** @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND and the registry's errors */
  readonly resolveImage: (name: string, platform: Platform) => Promise<ResolvedImage>;
}

/** What `--build-context NAME=…` puts in place of a stage or image. */
export type NamedContext =
  | { readonly kind: 'local'; readonly source: LocalSource }
  | { readonly kind: 'image'; readonly name: string };

/**
 * Lowers the target stage and the stages it needs; nobody looks at the others, beyond what parsing checked.
 * @throws {DockerfileError} @throws {TsbuildError}
 */
export async function lower(dockerfile: Dockerfile, options: LowerOptions): Promise<LoweredImage> {
  refuseCircles(dockerfile);
  const target = targetStage(dockerfile, options.target);
  const lowering = new Lowering(dockerfile, options, target);
  const state = await lowering.stage(target);
  return finish(state, options, lowering.vertices());
}

function targetStage({ stages }: Dockerfile, name: string | undefined): Stage {
  const last = stages.at(-1);
  if (last === undefined) throw new Error('a Dockerfile has at least one stage');
  if (name === undefined || name === '') return last;
  const stage = stagesByName(stages).get(name.toLowerCase());
  if (stage !== undefined) return stage;
  const names = stages.flatMap((other) => other.name ?? []);
  throw new TsbuildError('ERR_TSBUILD_UNKNOWN_STAGE', `target stage ${JSON.stringify(name)} could not be found`, {
    hint: didYouMean(name, names) ?? (names.length === 0 ? 'no stage has a name' : `stages are ${names.join(', ')}`),
  });
}

function finish(
  state: StageState,
  { labels, isPlatformExplicit, platforms }: LowerOptions,
  vertices: readonly Vertex[],
): LoweredImage {
  const named =
    Object.keys(labels).length === 0 ? state : withConfig(state, { Labels: { ...state.config.Labels, ...labels } });
  const image = isPlatformExplicit ? withPlatform(named.image, platforms.target) : named.image;
  return {
    rootfs: named.rootfs,
    platform: state.platform,
    config: { ...image, config: named.config },
    history: named.history,
    vertices,
  };
}

function withPlatform(image: StageState['image'], platform: Platform): StageState['image'] {
  const { variant: _, ...rest } = image;
  const { os, architecture, variant } = platform;
  return { ...rest, os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** Lowers each stage once, when the first other stage needs it. */
class Lowering {
  readonly #dockerfile: Dockerfile;
  readonly #options: LowerOptions;
  readonly #expander: Expander;
  readonly #globalArgs: ReadonlyMap<string, string>;
  readonly #stages = new Map<Stage, Promise<StageState>>();
  readonly #lowered = new Map<Stage, readonly Vertex[]>();
  readonly #images: ImageVertex[] = [];

  constructor(dockerfile: Dockerfile, options: LowerOptions, target: Stage) {
    this.#dockerfile = dockerfile;
    this.#options = options;
    this.#expander = createExpander(dockerfile.directives.escape, dockerfile.source);
    const automatic = automaticArgs(options.platforms, options.target ?? target.name ?? 'default', options.buildArgs);
    this.#globalArgs = globalArgs(automatic, dockerfile.globalArgs, options.buildArgs, this.#expander);
  }

  /** Images that only COPY and mounts use, then every lowered stage's vertices, in the order of the Dockerfile. */
  vertices(): readonly Vertex[] {
    const stages = [...this.#lowered].sort(([a], [b]) => a.index - b.index);
    return [...this.#images, ...stages.flatMap(([, vertices]) => vertices)];
  }

  stage(stage: Stage): Promise<StageState> {
    let state = this.#stages.get(stage);
    if (state === undefined) {
      state = this.#lowerStage(stage);
      this.#stages.set(stage, state);
    }
    return state;
  }

  async #lowerStage(stage: Stage): Promise<StageState> {
    const base = await this.#base(stage).catch((error) => {
      throw withSource(error, stage.from.range, this.#dockerfile.source);
    });
    const triggers = base.triggers.map((trigger) => this.#parseTrigger(trigger, stage));
    const numbered = [...triggers, ...stage.instructions].filter(isNumbered).length + base.state.stepCount;
    const numbering: StepNumbering = { stage: this.#shownName(stage), total: numbered };
    let state = base.isImage ? relabelled(base.state, numbering) : base.state;
    for (const instruction of triggers)
      state = await this.#lowerOne(instruction, state, this.#context(stage, numbering, true));
    for (const instruction of stage.instructions)
      state = await this.#lowerOne(instruction, state, this.#context(stage, numbering, false));
    this.#lowered.set(stage, state.vertices);
    return state;
  }

  async #lowerOne(instruction: StageInstruction, state: StageState, context: StageContext): Promise<StageState> {
    try {
      return await lowerInstruction(instruction, state, context);
    } catch (error) {
      throw withSource(error, instruction.range, this.#dockerfile.source);
    }
  }

  /** The state that the stage starts from, and the ONBUILD triggers that it starts with. */
  async #base(stage: Stage): Promise<{ state: StageState; triggers: readonly string[]; isImage: boolean }> {
    const name = this.#expander.expand(stage.from.image, this.#globalArgs, stage.from);
    if (name === '')
      throw new DockerfileError(
        'ERR_TSBUILD_DOCKERFILE_SYNTAX',
        `base name (${stage.from.image}) should not be blank`,
        { hint: 'give the ARG a default, or pass --build-arg' },
      );
    const platform = this.#platform(stage);
    const replacement = stage.name === undefined ? undefined : this.#options.namedContexts.get(stage.name);
    if (replacement !== undefined) return this.#contextBase(replacement, stage.name ?? '', stage, platform);
    const parent = this.#dockerfile.stages
      .slice(0, stage.index)
      .findLast((other) => other.name !== undefined && other.name === name);
    if (parent !== undefined) {
      const state = await this.stage(parent);
      return { state: childState(state), triggers: state.config.OnBuild ?? [], isImage: false };
    }
    if (name === 'scratch')
      return { state: scratchState(this.#options.platforms.target), triggers: [], isImage: false };
    const context = this.#options.namedContexts.get(name.toLowerCase());
    if (context !== undefined) return this.#contextBase(context, name, stage, platform);
    return this.#imageBase(name, stage, platform);
  }

  async #contextBase(context: NamedContext, name: string, stage: Stage, platform: Platform) {
    if (context.kind === 'image') return this.#imageBase(context.name, stage, platform);
    const vertex = namedContextVertex(context.source, name, stage.from.range);
    const state = scratchState(platform);
    return { state: { ...state, rootfs: vertex, vertices: [vertex] }, triggers: [], isImage: false };
  }

  async #imageBase(name: string, stage: Stage, platform: Platform) {
    const image = await this.#options.resolveImage(name, platform);
    const vertex = image.layers.length === 0 ? undefined : this.#imageVertex(image, name, stage.from.range);
    const { OnBuild = [], ...config } = image.config.config ?? {};
    const state = imageState({ ...image, config: { ...image.config, config } }, vertex, platform);
    return { state: { ...state, stepCount: 1 }, triggers: OnBuild, isImage: true };
  }

  #imageVertex(image: ResolvedImage, name: string, range: SourceRange): ImageVertex {
    const step: StepInfo = {
      id: this.#newId(),
      name: `FROM ${name}`,
      label: `FROM ${name}`,
      range,
      lineage: `from:${name}`,
      noCache: false,
    };
    return { op: 'image', step, image };
  }

  #platform(stage: Stage): Platform {
    const word = stage.from.platform;
    if (word === undefined) return this.#options.platforms.target;
    const text = this.#expander.expand(word, this.#globalArgs, stage.from);
    if (text === '')
      throw new DockerfileError('ERR_TSBUILD_INVALID_PLATFORM', `empty platform value from expression ${word}`);
    return parsePlatform(text);
  }

  #parseTrigger(trigger: string, stage: Stage): StageInstruction {
    return parseOnbuildTrigger(trigger, { range: stage.from.range, source: this.#dockerfile.source });
  }

  #shownName(stage: Stage): string {
    if (this.#dockerfile.stages.length === 1) return '';
    return stage.name ?? `stage-${stage.index}`;
  }

  #context(stage: Stage, numbering: StepNumbering, isOnbuild: boolean): StageContext {
    const { buildArgs, extraHosts, network, platforms, buildContext } = this.#options;
    return {
      source: this.#dockerfile.source,
      expander: this.#expander,
      buildArgs,
      globalArgs: this.#globalArgs,
      proxyEnv: proxyEnv(buildArgs),
      extraHosts,
      network,
      targetPlatform: platforms.target,
      buildContext: { kind: 'local', name: 'context', source: buildContext },
      isOnbuild,
      step: (instruction, state) => this.#step(instruction, state, stage, numbering, isOnbuild),
      from: (name, { isCopy }, instruction) => this.#from(name, isCopy, instruction, stage),
    };
  }

  #step(
    instruction: StageInstruction,
    state: StageState,
    stage: Stage,
    numbering: StepNumbering,
    isOnbuild: boolean,
  ): StepInfo {
    const name = `${isOnbuild ? 'ONBUILD ' : ''}${instruction.original}`;
    const index = state.stepCount + 1;
    return {
      id: this.#newId(),
      name,
      label: stepLabel(numbering, index, name),
      range: instruction.range,
      lineage: `${this.#dockerfile.source.name}\n${stage.name ?? stage.index}\n${index}\n${instruction.kind}`,
      noCache: this.#options.noCache(stage.name ?? ''),
    };
  }

  #ids = 0;
  #newId(): string {
    this.#ids += 1;
    return `s${this.#ids}`;
  }

  async #from(name: string, isCopy: boolean, instruction: StageInstruction, user: Stage): Promise<SourceRef> {
    const { stages } = this.#dockerfile;
    const stage = findStage(name, isCopy, stages);
    if (stage !== undefined) {
      if (stage.index >= user.index) throw definedLater(name, this.#shownName(user), isCopy);
      return { kind: 'rootfs', rootfs: (await this.stage(stage)).rootfs, name };
    }
    if (isCopy && /^\d+$/.test(name)) throw unknownIndex(name, stages.length);
    const context = this.#options.namedContexts.get(name.toLowerCase());
    if (context?.kind === 'local') return { kind: 'local', name, source: context.source };
    if (name === 'scratch') return { kind: 'rootfs', rootfs: undefined, name };
    const image = await this.#options.resolveImage(context?.name ?? name, this.#options.platforms.target);
    const vertex = this.#imageVertex(image, name, instruction.range);
    this.#images.push(vertex);
    return { kind: 'rootfs', rootfs: vertex, name };
  }
}

/** The image of a stage is its first step, and only now is it known how many there are. */
function relabelled(state: StageState, numbering: StepNumbering): StageState {
  const vertex = state.rootfs;
  if (vertex === undefined) return state;
  const labelled = { ...vertex, step: { ...vertex.step, label: stepLabel(numbering, 1, vertex.step.name) } };
  return { ...state, rootfs: labelled, vertices: [labelled] };
}

function definedLater(name: string, user: string, isCopy: boolean): DockerfileError {
  const verb = isCopy ? 'copy' : 'mount';
  return new DockerfileError(
    'ERR_TSBUILD_UNKNOWN_STAGE',
    `cannot ${verb} from stage ${JSON.stringify(name)}, it needs to be defined before current stage ${JSON.stringify(user)}`,
    {
      hint: 'move the stage up',
    },
  );
}

function unknownIndex(index: string, count: number): DockerfileError {
  return new DockerfileError('ERR_TSBUILD_UNKNOWN_STAGE', `invalid stage index ${index}`, {
    hint: `the Dockerfile has ${count} stages, counted from 0`,
  });
}
