import { createCipheriv, createHash } from 'node:crypto';
import {
  type ByteStream,
  type Descriptor,
  type Digest,
  digestOf,
  type ImageManifest,
  MEDIA_TYPES,
  NotFoundError,
  type ReadOnlyTarget,
  type Target,
} from '@tsbuild/core';

/** An image in memory, as a place to copy from. */
export interface SampleImage extends ReadOnlyTarget {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  bytesOf(descriptor: Descriptor): Buffer;
}

export interface SampleImageOptions {
  /** Bytes of each layer. @default [1000, 100_000] */
  readonly layerSizes?: readonly number[];
  /** The layers themselves, in place of noise. */
  readonly layers?: readonly Buffer[];
  /** Other seeds make other layers. @default 'sample' */
  readonly seed?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: Descriptor;
  readonly artifactType?: string;
}

/** Layers of repeatable noise under a config and a manifest: enough for registries, nothing that could run. */
export function sampleImage(options: SampleImageOptions = {}): SampleImage {
  const { layerSizes = [1000, 100_000], seed = 'sample', layers: given, ...extra } = options;
  const layerBytes = given ?? layerSizes.map((size, index) => noise(`${seed} ${index}`, size));
  const contents = new Map<Digest, Buffer>();
  const keep = (mediaType: string, bytes: Buffer): Descriptor => {
    const digest = digestOf(bytes);
    contents.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const layers = layerBytes.map((bytes) => keep(MEDIA_TYPES.ociLayer, bytes));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = keep(MEDIA_TYPES.ociConfig, jsonBytes({ architecture: 'amd64', os: 'linux', rootfs }));
  const document: ImageManifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers, ...extra };
  const manifest = keep(MEDIA_TYPES.ociManifest, jsonBytes(document));
  const bytesOf = ({ digest }: Descriptor): Buffer => {
    const bytes = contents.get(digest);
    if (bytes === undefined) throw new NotFoundError(`${digest} is not in the sample`);
    return bytes;
  };
  return {
    manifest,
    config,
    layers,
    bytesOf,
    fetch: async (descriptor) => streamOf(bytesOf(descriptor)),
    resolve: async () => manifest,
  };
}

/** A place to copy to that keeps what it is given, and believes that it is right. */
export function createMemoryTarget(): Target & { readonly contents: ReadonlyMap<Digest, Buffer> } {
  const contents = new Map<Digest, Buffer>();
  const tags = new Map<string, Descriptor>();
  const missing = (what: string) => new NotFoundError(`${what} is not in memory`);
  return {
    contents,
    exists: async ({ digest }) => contents.has(digest),
    async push({ digest }, content) {
      contents.set(digest, await bytesFrom(content));
    },
    async fetch({ digest }) {
      const bytes = contents.get(digest);
      if (bytes === undefined) throw missing(digest);
      return streamOf(bytes);
    },
    async tag(target, reference) {
      tags.set(reference, target);
    },
    async resolve(reference) {
      const target = tags.get(reference);
      if (target === undefined) throw missing(reference);
      return target;
    },
  };
}

export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** `size` bytes that look random and are the same for the same seed. */
export function noise(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** The bytes in chunks, as they come from a disk. */
export async function* streamOf(bytes: Uint8Array, chunkBytes = 64 * 1024): ByteStream {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export async function bytesFrom(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function blobOf(bytes: Buffer, mediaType = 'application/octet-stream'): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
