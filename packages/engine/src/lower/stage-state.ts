import type { ContainerConfig, ImageConfig, Platform } from '@tsbuild/core';
import type { HistoryItem, ResolvedImage, RootfsVertex, Vertex } from '../graph.ts';

/** What the instructions of a stage have made so far. Never changed: lowering an instruction gives the next one. */
export interface StageState {
  readonly platform: Platform;
  readonly rootfs: RootfsVertex;
  /** Fields of the image config outside of `config`: architecture, os, variant, author. */
  readonly image: Omit<ImageConfig, 'rootfs' | 'history' | 'created' | 'config'>;
  readonly config: ContainerConfig;
  /** What expansion and RUN see: the image's Env, ENV and ARG. */
  readonly env: ReadonlyMap<string, string>;
  /** ARGs declared so far, in order; a later one of the same name repeats. */
  readonly args: readonly DeclaredArg[];
  readonly history: readonly HistoryItem[];
  /** CMD was set in this stage, so ENTRYPOINT does not clear it. */
  readonly isCmdSet: boolean;
  /** Numbered steps so far. */
  readonly stepCount: number;
  /** Vertices of this stage, in order. */
  readonly vertices: readonly Vertex[];
}

export interface DeclaredArg {
  readonly name: string;
  readonly value: string | undefined;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const HISTORY_COMMENT = 'buildkit.dockerfile.v0';

/** Adds a history entry; with a vertex the entry stands for that vertex's layer. */
export function withHistory(state: StageState, createdBy: string, vertex?: Vertex): StageState {
  const item: HistoryItem =
    vertex === undefined
      ? { entry: { created_by: createdBy, comment: HISTORY_COMMENT, empty_layer: true } }
      : { entry: { created_by: createdBy, comment: HISTORY_COMMENT }, step: vertex };
  return { ...state, history: [...state.history, item] };
}

/** Makes `vertex` the root file system that the next instructions see. */
export function withVertex(state: StageState, vertex: Vertex): StageState {
  return { ...state, rootfs: vertex, stepCount: state.stepCount + 1, vertices: [...state.vertices, vertex] };
}

export function withConfig(state: StageState, change: Partial<ContainerConfig>): StageState {
  return { ...state, config: { ...state.config, ...change } };
}

/** The state before the first instruction of a stage `FROM scratch`. */
export function scratchState(platform: Platform): StageState {
  const { os, architecture, variant } = platform;
  return initialize({
    platform,
    rootfs: undefined,
    image: { architecture, os, ...(variant === undefined ? {} : { variant }) },
    config: { WorkingDir: '/' },
    env: new Map(),
    args: [],
    history: [],
    isCmdSet: false,
    stepCount: 0,
    vertices: [],
  });
}

/** The state before the first instruction of a stage built on an image. */
export function imageState(image: ResolvedImage, vertex: Vertex | undefined, platform: Platform): StageState {
  const { config = {}, history = [], rootfs: _, created: __, ...rest } = image.config;
  return initialize({
    platform,
    rootfs: vertex,
    image: rest,
    config,
    env: new Map(),
    args: [],
    history: history.map((entry) => ({ entry })),
    isCmdSet: false,
    stepCount: vertex === undefined ? 0 : 1,
    vertices: vertex === undefined ? [] : [vertex],
  });
}

/** The state before the first instruction of a stage built on another stage: ONBUILD and CMD are not its own. */
export function childState(parent: StageState): StageState {
  const { OnBuild: _, ...config } = parent.config;
  return { ...parent, config, isCmdSet: false, stepCount: 0, vertices: [] };
}

function initialize(state: StageState): StageState {
  const listed = state.config.Env ?? [];
  const hasPath = state.platform.os === 'windows' || listed.some((pair) => pair.startsWith('PATH='));
  const Env = hasPath ? listed : [...listed, `PATH=${DEFAULT_PATH}`];
  return { ...state, config: { ...state.config, Env }, env: new Map(Env.map(splitPair)) };
}

/** `NAME=value` as a pair; without an equals sign the value is empty. */
export function splitPair(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** `NAME=value` entries with one of them set, in its place or at the end. */
export function setPair(pairs: readonly string[], name: string, value: string): readonly string[] {
  const at = pairs.findIndex((pair) => splitPair(pair)[0] === name);
  return at === -1 ? [...pairs, `${name}=${value}`] : pairs.with(at, `${name}=${value}`);
}
