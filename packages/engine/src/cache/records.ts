import {
  type CacheKey,
  type CacheRecord,
  type CacheStore,
  type DiffId,
  type Digest,
  isDigest,
  type StepWindow,
} from '@tsbuild/core';
import type { DestinationFacts } from '@tsbuild/layer';

/** A layer that a step made, as records keep it. */
export interface RecordedLayer {
  readonly diffId: DiffId;
  readonly contentId: Digest;
  /** Of a RUN: the times that `contentId` leaves out. */
  readonly stepWindow?: StepWindow;
  /** Bytes of its tar. */
  readonly size?: number;
}

/** What COPY, ADD or WORKDIR made on one kind of destination. */
export interface FileVariant {
  readonly layer: RecordedLayer;
  /** Answers of the destination that the layer depends on. */
  readonly facts: DestinationFacts;
  /** Roots for which the facts are known to hold, newest first: no tree is needed to ask again. */
  readonly roots: readonly Digest[];
  /** RFC 3339. */
  readonly created: string;
  /** When the step ran for the last time and wrote the same again. RFC 3339. */
  readonly confirmed?: string;
}

/** What RUN made, and the whole chain that it ran on. */
export interface ExecRecord {
  readonly layer: RecordedLayer;
  readonly onto: readonly (Pick<RecordedLayer, 'diffId'> & Partial<RecordedLayer>)[];
  readonly created: string;
  /** When the step ran for the last time and wrote the same again. RFC 3339. */
  readonly confirmed?: string;
  /** The class of a sandbox whose results may differ from a full one's: the record is used only in the same class. */
  readonly tier?: string;
}

/** Sandboxes in which a command sees and may do what it does in Docker. */
const FULL_TIERS: ReadonlySet<string> = new Set(['root', 'userns']);

/** What a record of this tier carries; nothing for a full sandbox. */
export function tierClass(tier: string): Pick<ExecRecord, 'tier'> {
  return FULL_TIERS.has(tier) ? {} : { tier };
}

const VERSION = 1;
/** More variants or roots than this are history that nobody asks for. */
const MAX_VARIANTS = 8;
const MAX_ROOTS = 16;

/** Where records are read: the store, or a shared cache. */
export type RecordSource = Pick<CacheStore, 'get'>;

/** Reads records; one that does not have the expected shape is a miss. */
export async function getFileVariants(store: RecordSource, key: CacheKey): Promise<readonly FileVariant[]> {
  const record = await store.get(key);
  if (record?.v !== VERSION || !Array.isArray(record.variants)) return [];
  return record.variants.filter(isFileVariant);
}

/** Puts the newest variant first; one with the same layer is replaced and its roots are kept. */
export async function putFileVariant(store: CacheStore, key: CacheKey, variant: FileVariant): Promise<void> {
  const others = (await getFileVariants(store, key)).filter(({ layer }) => layer.diffId !== variant.layer.diffId);
  const variants = [{ ...variant, roots: variant.roots.slice(0, MAX_ROOTS) }, ...others].slice(0, MAX_VARIANTS);
  await store.put(key, fileRecord(variants));
}

/** The record that holds these variants. */
export function fileRecord(variants: readonly FileVariant[]): CacheRecord {
  return { v: VERSION, variants };
}

export async function getExecRecord(store: RecordSource, key: CacheKey): Promise<ExecRecord | undefined> {
  const record: unknown = await store.get(key);
  return isExecRecord(record) ? record : undefined;
}

export async function putExecRecord(store: CacheStore, key: CacheKey, record: ExecRecord): Promise<void> {
  await store.put(key, execRecord(record));
}

export function execRecord(record: ExecRecord): CacheRecord {
  return { v: VERSION, ...record };
}

/** What COPY or a bind mount selects from a root, known by what the root contains: nothing has to be read to know it. */
export async function getSelectionDigest(source: RecordSource, key: CacheKey): Promise<Digest | undefined> {
  const record = await source.get(key);
  return record?.v === VERSION && isDigest(record.digest) ? record.digest : undefined;
}

export function selectionRecord(digest: Digest): CacheRecord {
  return { v: VERSION, digest };
}

/** What is known of a layer without where it is. */
export function recordedLayer<Layer extends Pick<RecordedLayer, 'diffId'> & Partial<RecordedLayer>>({
  diffId,
  contentId,
  stepWindow,
  size,
}: Layer): Pick<Layer, 'diffId' | 'contentId' | 'stepWindow' | 'size'> {
  return {
    diffId,
    ...(contentId === undefined ? {} : { contentId }),
    ...(stepWindow === undefined ? {} : { stepWindow }),
    ...(size === undefined ? {} : { size }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function isRecordedLayer(value: unknown): value is RecordedLayer {
  if (!isObject(value) || !isDigest(value.diffId) || !isDigest(value.contentId)) return false;
  return isWindow(value.stepWindow) && isSize(value.size);
}

function isSize(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);
}

function isWindow(value: unknown): boolean {
  return value === undefined || (isObject(value) && typeof value.from === 'number' && typeof value.to === 'number');
}

/** RFC 3339: it is written into images. */
function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)$/.test(value);
}

function isFileVariant(value: unknown): value is FileVariant {
  return (
    isObject(value) &&
    isRecordedLayer(value.layer) &&
    isObject(value.facts) &&
    isObject(value.facts.lookups) &&
    isObject(value.facts.owners) &&
    Array.isArray(value.roots) &&
    value.roots.every(isDigest) &&
    isTime(value.created) &&
    (value.confirmed === undefined || isTime(value.confirmed))
  );
}

function isExecRecord(value: unknown): value is ExecRecord {
  return (
    isObject(value) &&
    value.v === VERSION &&
    isRecordedLayer(value.layer) &&
    isTime(value.created) &&
    (value.confirmed === undefined || isTime(value.confirmed)) &&
    (value.tier === undefined || typeof value.tier === 'string') &&
    Array.isArray(value.onto) &&
    value.onto.every(
      (layer: unknown) =>
        isObject(layer) && (layer.contentId === undefined ? isDigest(layer.diffId) : isRecordedLayer(layer)),
    )
  );
}
