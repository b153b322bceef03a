import {
  type ContainerConfig,
  type Descriptor,
  type DiffId,
  digestOf,
  type HistoryEntry,
  type ImageConfig,
  MEDIA_TYPES,
  type Platform,
} from '@tsbuild/core';
import type { LoweredImage, Vertex } from '../graph.ts';
import type { Chain, Solved } from '../solve/chain.ts';
import { layerVertices } from './layer-vertices.ts';

/** An image before any output has decided how its layers are compressed. */
export interface AssembledImage {
  readonly config: ImageConfig;
  readonly configBytes: Buffer;
  /** `mediaType` is OCI's. */
  readonly configDescriptor: Descriptor;
  readonly chain: Chain;
  /** As the config says. */
  readonly platform: Platform;
  /** Of its manifest, besides those that an output asks for. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Absent for an image that was not built here. */
  readonly shape?: ImageShape;
}

/** Which stages the layers of an image are from. */
export interface ImageShape {
  /** Of each layer its stage; undefined for those of the base. */
  readonly stageOf: readonly (string | undefined)[];
  /** The stages that stand on one another, the lowest first. */
  readonly stages: readonly string[];
}

const EPOCH = '1970-01-01T00:00:00Z';

/** Config and history of the image. A metadata step has the time of the step before it, so an unchanged build has an unchanged digest. */
export async function assembleImage(
  lowered: LoweredImage,
  chain: Chain,
  solve: (vertex: Vertex) => Promise<Solved>,
  sourceDateEpoch: number | undefined,
): Promise<AssembledImage> {
  const clamp = clampTo(sourceDateEpoch);
  const history: HistoryEntry[] = [];
  let created = EPOCH;
  for (const { entry, step } of lowered.history) {
    created = (step === undefined ? entry.created : (await solve(step)).created) ?? created;
    history.push({ ...entry, created: clamp(created) });
  }
  for (const { step } of layersWithoutHistory(lowered, chain)) {
    history.push({ created: clamp(created), created_by: step.label, comment: 'buildkit.exporter.image.v0' });
  }
  const config = imageConfig(
    lowered,
    chain.map(({ diffId }) => diffId),
    history,
    clamp(created),
  );
  return { ...configOf(config), chain, shape: imageShape(lowered, chain) };
}

function imageShape({ rootfs, stages }: LoweredImage, chain: Chain): ImageShape {
  const vertices = layerVertices(rootfs);
  const base = chain.length - vertices.length;
  return { stages, stageOf: chain.map((_, at) => vertices[at - base]?.step.stage) };
}

/** A config as it is stored. */
export function configOf(config: ImageConfig): Omit<AssembledImage, 'chain' | 'shape'> {
  const configBytes = Buffer.from(JSON.stringify(config));
  const configDescriptor = {
    mediaType: MEDIA_TYPES.ociConfig,
    digest: digestOf(configBytes),
    size: configBytes.length,
  };
  return { config, configBytes, configDescriptor, platform: platformOf(config) };
}

function platformOf({ os, architecture, variant, 'os.version': version }: ImageConfig): Platform {
  return {
    architecture,
    os,
    ...(version === undefined ? {} : { 'os.version': version }),
    ...(variant === undefined ? {} : { variant }),
  };
}

/** A folder in the place of a base has a layer but no instruction; as in BuildKit the layers on top stand in for it. */
function layersWithoutHistory({ rootfs, history }: LoweredImage, chain: Chain): Vertex[] {
  const missing = chain.length - history.filter(({ entry }) => entry.empty_layer !== true).length;
  const vertices: Vertex[] = [];
  for (let vertex = rootfs; vertex !== undefined && vertices.length < missing; ) {
    vertices.unshift(vertex);
    vertex = vertex.op === 'image' ? undefined : vertex.parent;
  }
  return vertices;
}

/** Members in the order in which Docker writes them. */
export function imageConfig(
  lowered: Pick<LoweredImage, 'config'>,
  diff_ids: readonly DiffId[],
  history: readonly HistoryEntry[],
  created: string,
): ImageConfig {
  const { architecture, os, variant, author, config, ...rest } = lowered.config;
  return {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    ...rest,
    ...(author === undefined ? {} : { author }),
    created,
    config: orderedConfig(config ?? {}),
    history,
    rootfs: { type: 'layers', diff_ids },
  };
}

const CONFIG_ORDER = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Healthcheck',
  'ArgsEscaped',
  'Volumes',
  'WorkingDir',
  'OnBuild',
  'Labels',
  'StopSignal',
  'Shell',
] as const satisfies readonly (keyof ContainerConfig)[];

/** Members in a fixed order, names in maps sorted, and nothing that is empty: equal configs are equal bytes. */
function orderedConfig(config: ContainerConfig): ContainerConfig {
  const known: ReadonlySet<string> = new Set(CONFIG_ORDER);
  const foreign = Object.keys(config)
    .filter((name) => !known.has(name))
    .sort();
  const entries = Object.entries(config);
  const ordered = [...CONFIG_ORDER, ...foreign].flatMap((name) =>
    entries.filter(([key, value]) => key === name && !isEmpty(value)),
  );
  return Object.fromEntries(ordered.map(([name, value]) => [name, sortedNames(value)]));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function sortedNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** RFC 3339 times, none later than the epoch that was asked for. */
function clampTo(seconds: number | undefined): (time: string) => string {
  if (seconds === undefined) return (time) => time;
  const limit = new Date(seconds * 1000);
  return (time) => (new Date(time) > limit ? limit.toISOString().replace('.000Z', 'Z') : time);
}
