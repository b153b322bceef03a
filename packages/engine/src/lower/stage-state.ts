import type { ContainerConfig, ImageConfig, Platform } from '@tsbuild/core';
import type { HistoryItem, ResolvedImage, RootfsVertex, Vertex } from '../graph.ts';
import { type ConfigEntries, NO_ENTRIES } from './config-entries.ts';
import { splitPair } from './env-pairs.ts';
import { PersistentList } from './persistent-list.ts';
import { PersistentMap } from './persistent-map.ts';

/** What the instructions of a stage have made so far. Never changed: lowering an instruction gives the next one. */
export interface StageState {
  readonly platform: Platform;
  readonly rootfs: RootfsVertex;
  /** Fields of the image config outside of `config`: architecture, os, variant, author. */
  readonly image: Omit<ImageConfig, 'rootfs' | 'history' | 'created' | 'config'>;
  /** Without `added`: `joinEntries` puts both together. */
  readonly config: ContainerConfig;
  readonly added: ConfigEntries;
  /** What expansion and RUN see: the image's Env, ENV and ARG. */
  readonly env: PersistentMap<string>;
  /** ARGs declared so far and their values. */
  readonly args: PersistentMap<string | undefined>;
  readonly history: PersistentList<HistoryItem>;
  /** CMD was set in this stage, so ENTRYPOINT does not clear it. */
  readonly isCmdSet: boolean;
  /** Numbered steps so far. */
  readonly stepCount: number;
  /** The stages that it has gone through, by name or number. */
  readonly stages: readonly string[];
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const HISTORY_COMMENT = 'buildkit.dockerfile.v0';

/** Adds a history entry; with a vertex the entry stands for that vertex's layer. */
export function withHistory(state: StageState, createdBy: string, vertex?: Vertex): StageState {
  const item: HistoryItem =
    vertex === undefined
      ? { entry: { created_by: createdBy, comment: HISTORY_COMMENT, empty_layer: true } }
      : { entry: { created_by: createdBy, comment: HISTORY_COMMENT }, step: vertex };
  return { ...state, history: state.history.with(item) };
}

/** Makes `vertex` the root file system that the next instructions see. */
export function withVertex(state: StageState, vertex: Vertex): StageState {
  return { ...state, rootfs: vertex, stepCount: state.stepCount + 1 };
}

export function withConfig(state: StageState, change: Partial<ContainerConfig>): StageState {
  return { ...state, config: { ...state.config, ...change } };
}

export function withAdded(state: StageState, change: Partial<ConfigEntries>): StageState {
  return { ...state, added: { ...state.added, ...change } };
}

/** The state before the first instruction of a stage `FROM scratch`. */
export function scratchState(platform: Platform): StageState {
  const { os, architecture, variant } = platform;
  return initialize({
    platform,
    rootfs: undefined,
    image: { architecture, os, ...(variant === undefined ? {} : { variant }) },
    config: { WorkingDir: '/' },
    history: PersistentList.of(),
    isCmdSet: false,
    stepCount: 0,
    stages: [],
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
    history: PersistentList.of(history.map((entry) => ({ entry }))),
    isCmdSet: false,
    stepCount: vertex === undefined ? 0 : 1,
    stages: [],
  });
}

/** The state before the first instruction of a stage built on another stage: ONBUILD and CMD are not its own. */
export function childState(parent: StageState): StageState {
  const { OnBuild: _, ...config } = parent.config;
  const added = { ...parent.added, triggers: NO_ENTRIES.triggers };
  return { ...parent, config, added, isCmdSet: false, stepCount: 0 };
}

function initialize(state: Omit<StageState, 'added' | 'env' | 'args'>): StageState {
  const listed = state.config.Env ?? [];
  const hasPath = state.platform.os === 'windows' || listed.some((pair) => pair.startsWith('PATH='));
  const Env = hasPath ? listed : [...listed, `PATH=${DEFAULT_PATH}`];
  return {
    ...state,
    config: { ...state.config, Env },
    added: NO_ENTRIES,
    env: PersistentMap.of(Env.map(splitPair)),
    args: PersistentMap.of(),
  };
}
