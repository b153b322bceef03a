import {
  type ContentFetcher,
  type Descriptor,
  type Digest,
  HashTap,
  type Reference,
  TsbuildError,
} from '@tsbuild/core';
import type { CacheSource } from './cache-source.ts';
import type { ExplainedStep } from './explanations.ts';
import { descriptorOf, MAX_DOCUMENT_BYTES, type SharedDocument } from './shared-document.ts';

/** What a place has: everything that it says, and where it keeps the bytes. */
export interface LoadedDocument {
  readonly document: SharedDocument;
  readonly blobs: ContentFetcher;
}

export interface DocumentSourceOptions extends Pick<CacheSource, 'name' | 'trust' | 'timeoutMs'> {
  readonly origin?: Reference;
  load(signal: AbortSignal | undefined): Promise<LoadedDocument>;
}

/** A cache that says everything in one document, which is read once, when the first step asks. */
export function createDocumentSource({ load, ...source }: DocumentSourceOptions): CacheSource {
  let loading: Promise<LoadedDocument> | undefined;
  let loaded: LoadedDocument | undefined;

  async function read(signal: AbortSignal | undefined): Promise<LoadedDocument> {
    loading ??= load(signal);
    try {
      loaded = await loading;
      return loaded;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  }

  let explanations: Promise<ReadonlyMap<Digest, ExplainedStep>> | undefined;

  async function readExplanations(signal: AbortSignal | undefined): Promise<ReadonlyMap<Digest, ExplainedStep>> {
    const { document, blobs } = await read(signal);
    if (document.explanations === undefined) return new Map();
    const bytes = await readSmall(blobs, descriptorOf(document.explanations), signal);
    return (await import('./explanations.ts')).parseExplanations(bytes);
  }

  return {
    ...source,
    get: async (key, signal) => (await read(signal)).document.records.get(key),
    blob: (diffId) => loaded?.document.layers.get(diffId),
    mount: async (id, signal) => (await read(signal)).document.mounts.find((mount) => mount.id === id),
    async explain(lineage, signal) {
      explanations ??= readExplanations(signal);
      return (await explanations).get(lineage);
    },
    fetch: async (blob, signal) => (await read(signal)).blobs.fetch(blob, { signal }),
  };
}

/** A small blob whole, verified; whatever its descriptor claims, not more than a cache's document may have. */
export async function readSmall(from: ContentFetcher, blob: Descriptor, signal?: AbortSignal): Promise<Buffer> {
  const tap = new HashTap();
  const chunks: Uint8Array[] = [];
  for await (const bytes of await from.fetch(blob, { signal })) {
    tap.update(bytes);
    if (tap.size > MAX_DOCUMENT_BYTES) {
      throw new TsbuildError('ERR_TSBUILD_TOO_LARGE', `${blob.digest} has more than ${MAX_DOCUMENT_BYTES} bytes`);
    }
    chunks.push(Uint8Array.from(bytes));
  }
  if (tap.digest() === blob.digest) return Buffer.concat(chunks);
  throw new TsbuildError('ERR_TSBUILD_DIGEST_MISMATCH', `the content of ${blob.digest} is another`);
}
