import {
  type Descriptor,
  digestOf,
  type ImageConfig,
  isIndex,
  MAX_CONFIG_BYTES,
  MAX_MANIFEST_BYTES,
  parseImageConfig,
  parseManifestOrIndex,
} from '@tsbuild/core';
import { openStore, type Store } from '@tsbuild/store';

/** Gives the image that `reference` (a complete name) stands for in a store another config; its layers stay. */
export async function editConfig(
  root: string,
  reference: string,
  edit: (config: ImageConfig) => ImageConfig,
): Promise<void> {
  await using store = await openStore({ root });
  const descriptor = await store.references.resolve(reference);
  const manifest = parseManifestOrIndex(await read(store, descriptor, MAX_MANIFEST_BYTES));
  if (isIndex(manifest)) throw new Error(`${reference} is an index, not one image`);
  const config = edit(parseImageConfig(await read(store, manifest.config, MAX_CONFIG_BYTES)));
  const configDescriptor = await put(store, manifest.config.mediaType, config);
  await store.references.tag(
    await put(store, descriptor.mediaType, { ...manifest, config: configDescriptor }),
    reference,
  );
}

async function read(store: Store, { digest }: Descriptor, limit: number): Promise<Buffer> {
  const bytes = await store.blobs.readAll(digest, limit);
  if (bytes === undefined) throw new Error(`the store lacks ${digest}`);
  return bytes;
}

async function put(store: Store, mediaType: string, document: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(document));
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
  await store.blobs.push(
    descriptor,
    (async function* () {
      yield bytes;
    })(),
  );
  return descriptor;
}
