import { formatPlatform, withSource } from '@tsbuild/core';
import { type Dockerfile, parseOnbuildTrigger, type Stage, type StageInstruction } from '@tsbuild/dockerfile';
import type { ImageVertex, RootfsVertex, StepInfo, Vertex } from '../graph.ts';
import { createExpander } from './expander.ts';
import { automaticArgs, globalArgs, proxyEnv } from './global-args.ts';
import { lowerInstruction } from './lower-instruction.ts';
import type { LowerOptions } from './lower-options.ts';
import { type BaseLookup, stageBase } from './stage-base.ts';
import type { StageContext } from './stage-context.ts';
import { stageSource } from './stage-source.ts';
import type { StageState } from './stage-state.ts';
import type { NewStepId } from './step-ids.ts';
import { isNumbered, platformLabel, type StepNumbering, stepLabel } from './step-labels.ts';
import { ttlOf } from './step-ttl.ts';

/** Lowers each stage once, when the first other stage needs it. */
export class Lowering {
  readonly #dockerfile: Dockerfile;
  readonly #lookup: BaseLookup;
  readonly #stages = new Map<Stage, Promise<StageState>>();
  readonly #lowered = new Map<Stage, readonly Vertex[]>();
  readonly #images: ImageVertex[] = [];

  constructor(dockerfile: Dockerfile, options: LowerOptions, target: Stage, newId: NewStepId) {
    const expander = createExpander(dockerfile.directives.escape, dockerfile.source);
    const targetName = options.target ?? target.name ?? 'default';
    const automatic = automaticArgs(options.platforms, targetName, options.buildArgs);
    this.#dockerfile = dockerfile;
    this.#lookup = {
      options,
      expander,
      globalArgs: globalArgs(automatic, dockerfile.globalArgs, options.buildArgs, expander),
      stages: dockerfile.stages,
      newId,
      lowerStage: (stage) => this.stage(stage),
    };
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
    const { source } = this.#dockerfile;
    const { range } = stage.from;
    const base = await stageBase(stage, this.#lookup).catch((error) => {
      throw withSource(error, range, source);
    });
    const triggers = base.triggers.map((trigger) => parseOnbuildTrigger(trigger, { range, source }));
    const steps = [...triggers, ...stage.instructions].filter(isNumbered);
    const numbering = { stage: this.#shownName(stage), total: base.steps + steps.length };
    const inherited = base.steps === 0 ? base.state.rootfs : undefined;
    const onbuildContext = this.#context(stage, numbering, true);
    const context = this.#context(stage, numbering, false);
    const stages = [...base.state.stages, stageId(stage)];
    let state: StageState = { ...this.#numberedBase(base.state, numbering), stages };
    for (const instruction of triggers) state = await this.#lower(instruction, state, onbuildContext);
    for (const instruction of stage.instructions) state = await this.#lower(instruction, state, context);
    this.#lowered.set(stage, verticesAbove(inherited, state.rootfs));
    return state;
  }

  async #lower(instruction: StageInstruction, state: StageState, context: StageContext): Promise<StageState> {
    try {
      return await lowerInstruction(instruction, state, context);
    } catch (error) {
      throw withSource(error, instruction.range, this.#dockerfile.source);
    }
  }

  #shownName(stage: Stage): string {
    if (this.#dockerfile.stages.length === 1) return '';
    return stage.name ?? `stage-${stage.index}`;
  }

  #context(stage: Stage, numbering: StepNumbering, isOnbuild: boolean): StageContext {
    const { options, expander, globalArgs: args } = this.#lookup;
    const { buildArgs, extraHosts, allowed, network, platforms, buildContext, admitUrl } = options;
    const use = { stage, stageName: this.#shownName(stage), platform: platforms.target };
    return {
      source: this.#dockerfile.source,
      expander,
      buildArgs,
      globalArgs: args,
      proxyEnv: proxyEnv(buildArgs),
      extraHosts,
      allowed,
      network,
      buildContext: { kind: 'local', name: 'context', source: buildContext },
      admitUrl,
      step: (instruction, state) => this.#step(instruction, state, stage, numbering, isOnbuild),
      from: (name, { isCopy }, instruction) =>
        stageSource(name, { ...use, isCopy, instruction, onImage: (image) => this.#images.push(image) }, this.#lookup),
    };
  }

  /** The image of a stage is its first step, and only now is it known how many there are. */
  #numberedBase(state: StageState, numbering: StepNumbering): StageState {
    const vertex = state.rootfs;
    if (vertex?.op !== 'image' || state.stepCount === 0) return state;
    const { step } = vertex;
    const platform = this.#lookup.options.showsPlatform ? formatPlatform(state.platform) : '';
    const numbered = { ...vertex, step: { ...step, label: stepLabel(numbering, 1, step.name, platform) } };
    return { ...state, rootfs: numbered };
  }

  #step(
    { original, kind, range, comments }: StageInstruction,
    { stepCount, env, platform }: StageState,
    stage: Stage,
    numbering: StepNumbering,
    isOnbuild: boolean,
  ): StepInfo {
    const name = isOnbuild ? `ONBUILD ${original}` : original;
    const index = stepCount + 1;
    const shownPlatform = this.#lookup.options.showsPlatform ? platformLabel(platform, env) : '';
    const place = [
      this.#dockerfile.source.name,
      stage.name ?? stage.index,
      ...(shownPlatform === '' ? [] : [shownPlatform]),
    ];
    const lineage = [...place, index, kind].join('\n');
    const sameText = [this.#lookup.options.contextName, ...place, 'text', name].join('\n');
    return {
      id: this.#lookup.newId(),
      name,
      label: stepLabel(numbering, index, name, shownPlatform),
      range,
      lineages: [sameText, `${this.#lookup.options.contextName}\n${lineage}`, lineage],
      noCache: this.#lookup.options.noCache(stage.name ?? ''),
      stage: stageId(stage),
      variables: namedVariables(name, env),
      ...ttlOf(this.#lookup.options.ttl(stage.name ?? ''), comments),
    };
  }
}

function stageId({ name, index }: Stage): string {
  return name ?? String(index);
}

/** What a stage put on top of the file system that it began with, from the bottom up. */
function verticesAbove(base: RootfsVertex, top: RootfsVertex): Vertex[] {
  const vertices: Vertex[] = [];
  for (let next = top; next !== undefined && next !== base; next = next.op === 'image' ? undefined : next.parent) {
    vertices.push(next);
  }
  return vertices.reverse();
}

const VARIABLE = /\$\{?([A-Za-z_][A-Za-z0-9_]*)/g;

function namedVariables(text: string, env: StageState['env']): Record<string, string> {
  const names = Array.from(text.matchAll(VARIABLE), ([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, env.get(name) ?? '']));
}
