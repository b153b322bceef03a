import {
  type ByteStream,
  type Digest,
  formatReference,
  hostPlatform,
  MEDIA_TYPES,
  parseReference,
  redactCredentials,
  UsageError,
} from '@tsbuild/core';
import { decompress, ingestLayer } from '@tsbuild/layer';
import type { BuilderResources } from '../builder-resources.ts';
import type { LoweredImage } from '../graph.ts';
import { configOf, imageConfig } from '../image/assemble.ts';
import { buildManifest } from '../image/manifest.ts';
import { lowerBuild } from '../lower-build.ts';
import { once } from '../once.ts';
import { createOwner } from '../owner.ts';
import { keepLayer } from '../solve/keep-layer.ts';
import { archiveStream } from './archive-stream.ts';
import { keepUntagged, nameImage } from './image-names.ts';

/** Name and config of an image that is made of a tar (`tsbuild import`). */
export interface ImportOptions {
  /** Name of the image. @default none */
  readonly tag?: string;
  /** Instructions that set its config, as `CMD ["/bin/sh"]` (`--change`). @default [] */
  readonly changes?: readonly string[];
  /** Comment of its history entry (`--message`). @default `Imported from` and its URL, or `-` */
  readonly message?: string;
  /** `os/arch[/variant]` (`--platform`). @default this machine's, on Linux */
  readonly platform?: string;
  readonly signal?: AbortSignal | undefined;
}

type ImportResources = Pick<BuilderResources, 'store' | 'downloads' | 'images'>;

/**
 * Makes an image with one layer of the archive of a root file system: a stream, a file or a URL, compressed or not. The
 * tar becomes the layer as it is.
 * @returns the image's id
 * @throws {LayerError} @throws {DockerfileError} for a change that is malformed @throws {UsageError}
 */
export async function importImage(
  source: string | ByteStream,
  options: ImportOptions,
  resources: ImportResources,
): Promise<Digest> {
  const { store } = resources;
  const { tag, signal } = options;
  const name = tag === undefined ? undefined : formatReference(parseReference(tag));
  const lowered = await changedConfig(options, resources);
  const layer = await takeLayer(source, options, resources);
  const created = new Date().toISOString();
  const history = [{ created, comment: options.message ?? `Imported from ${shownSource(source)}` }];
  const assembled = configOf(imageConfig(lowered, [layer.diffId], history, created));
  const descriptor = { mediaType: MEDIA_TYPES.ociLayer, digest: layer.diffId, size: layer.size };
  const { bytes, descriptor: manifest } = buildManifest(assembled, [descriptor], true, undefined);
  for (const [blob, content] of [
    [assembled.configDescriptor, assembled.configBytes],
    [manifest, bytes],
  ] as const) {
    await store.blobs.push(blob, once(content), { signal });
  }
  await (name === undefined ? keepUntagged(store, manifest) : nameImage(store, manifest, name));
  return assembled.configDescriptor.digest;
}

/** As Docker says it: a file of this machine is nobody else's business. */
function shownSource(source: string | ByteStream): string {
  return typeof source === 'string' && /^https?:/i.test(source) ? redactCredentials(source) : '-';
}

async function takeLayer(source: string | ByteStream, { signal }: ImportOptions, resources: ImportResources) {
  const { store, downloads } = resources;
  const bytes = typeof source === 'string' ? archiveStream(source, { limits: downloads, signal }) : source;
  await using ingest = await store.blobs.ingest();
  const layer = await ingestLayer(decompress(bytes, { signal }), ingest);
  await keepLayer(layer, store);
  return layer;
}

const CHANGES = new Set([
  'CMD',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'ONBUILD',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]);

/** What the changes make of an image that begins with nothing. */
async function changedConfig(
  { changes = [], platform, signal = new AbortController().signal }: ImportOptions,
  resources: ImportResources,
): Promise<LoweredImage> {
  for (const change of changes) {
    const keyword = /^\s*([A-Za-z]+)(?=\s)/.exec(change)?.[1]?.toUpperCase() ?? change;
    if (!CHANGES.has(keyword) || change.includes('\n')) {
      throw new UsageError(`${JSON.stringify(keyword)} is not a valid change`, {
        hint: `expected one of ${[...CHANGES].join(', ')}`,
      });
    }
  }
  const { os, architecture, variant } = hostPlatform();
  const host = [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
  const dockerfile = ['FROM scratch', ...changes, ''].join('\n');
  const options = { context: { files: {} }, dockerfile, platforms: [platform ?? host] };
  await using owner = createOwner();
  const [image] = (await lowerBuild(options, resources, owner, signal)).images;
  if (image === undefined) throw new Error('a build for one platform makes one image');
  return image.lowered;
}
