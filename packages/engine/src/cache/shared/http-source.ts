import { type ByteStream, type CacheKey, type DiffId, type Digest, NotFoundError, TsbuildError } from '@tsbuild/core';
import { keyed } from '../cache-key.ts';
import { acPath, actionStdout, casPath } from './action-result.ts';
import type { CacheSource } from './cache-source.ts';
import { createHttpClient, type HttpCacheOptions } from './http-client.ts';
import { MAX_DOCUMENT_BYTES, parseDocument, type SharedBlob, type SharedDocument } from './shared-document.ts';

type HttpSourceOptions = HttpCacheOptions & Pick<CacheSource, 'name' | 'trust' | 'timeoutMs'>;

/** A server of Bazel's HTTP cache protocol: each key is asked for on its own, and answers with one record and its layers. */
export function createHttpSource({ url, headers, ...source }: HttpSourceOptions): CacheSource {
  const client = createHttpClient({ url, ...(headers === undefined ? {} : { headers }) });
  const entries = new Map<CacheKey, SharedDocument | undefined>();
  const blobs = new Map<DiffId, SharedBlob>();

  async function entry(key: CacheKey, signal: AbortSignal | undefined): Promise<SharedDocument | undefined> {
    if (entries.has(key)) return entries.get(key);
    const body = await client.get(acPath(key), signal);
    const document = body === undefined ? undefined : parseEntry(await readAll(body));
    for (const [diffId, blob] of document?.layers ?? []) blobs.set(diffId, blob);
    entries.set(key, document);
    return document;
  }

  return {
    ...source,
    // A record of another key, wherever it came from, is not found under this one.
    get: async (key, signal) => (await entry(key, signal))?.records.get(key),
    blob: (diffId) => blobs.get(diffId),
    async mount(id, signal) {
      const document = await entry(mountKey(id).key, signal);
      return document?.mounts.find((mount) => mount.id === id);
    },
    async explain(lineage, signal) {
      const body = await client.get(acPath(explanationKey(lineage).key), signal);
      const bytes = body === undefined ? undefined : actionStdout(await readAll(body));
      if (bytes === undefined) return undefined;
      return (await import('./explanations.ts')).parseExplanations(bytes).get(lineage);
    },
    async fetch({ digest }, signal) {
      const body = await client.get(casPath(digest), signal);
      if (body === undefined) throw new NotFoundError(`${digest} is gone`);
      return body;
    },
  };
}

/** Where the contents of a cache mount lie. */
export function mountKey(id: string): ReturnType<typeof keyed> {
  return keyed('mount/v1', { id });
}

/** Where it lies what a step was made of. */
export function explanationKey(lineage: Digest): ReturnType<typeof keyed> {
  return keyed('explanation/v1', { lineage });
}

function parseEntry(message: Buffer): SharedDocument {
  const document = actionStdout(message);
  if (document !== undefined) return parseDocument(document);
  throw new TsbuildError('ERR_TSBUILD_CACHE', 'an entry was not written by tsbuild');
}

async function readAll(body: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.byteLength;
    if (size > MAX_DOCUMENT_BYTES)
      throw new TsbuildError('ERR_TSBUILD_TOO_LARGE', `an entry has more than ${MAX_DOCUMENT_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
