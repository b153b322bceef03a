import type { Descriptor, Digest, ReadOnlyTarget } from '@tsbuild/core';
import { parseAnnotations } from '../image/annotations.ts';
import type { AssembledImage } from '../image/assemble.ts';
import { buildIndex } from '../image/index-manifest.ts';
import { layerForm, readyForm } from '../image/layer-forms.ts';
import { type BuiltManifest, buildManifest } from '../image/manifest.ts';
import { once } from '../once.ts';
import type { ImageOutputOptions } from '../options.ts';
import { blobOf, type ChainLayer } from '../solve/chain.ts';
import { type ExportContext, openLayer } from './export-context.ts';

/** Bytes that were made for an output: a manifest, a config, an index. */
export interface SmallBlob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** A manifest of an output, and what it lists. */
export interface SetMember {
  readonly manifest: SmallBlob;
  /** Layers, which come from the store. */
  readonly layers: readonly Descriptor[];
  /** What else the manifest lists. */
  readonly texts: readonly SmallBlob[];
}

/** An image in the form that one output carries. */
export interface SetImage extends BuiltManifest {
  readonly image: AssembledImage;
}

/** Makes further manifests that go beside the images into an index. */
export type Attach = (
  images: readonly SetImage[],
  options: { readonly names: readonly string[]; readonly isArtifact: boolean },
) => readonly SetMember[];

/**
 * All that one output carries: the image, or the images of several platforms under one index. Readable by descriptor,
 * so that every place can copy from it.
 */
export interface ExportSet {
  readonly images: readonly SetImage[];
  /** The manifest of the one image, or the index. */
  readonly descriptor: Descriptor;
  /** Every blob once, each after what it lists. */
  readonly blobs: readonly Descriptor[];
  readonly target: ReadOnlyTarget;
  /** The layer of a base or a shared cache whose blob a descriptor names. */
  readonly baseOf: (descriptor: Descriptor) => ChainLayer | undefined;
}

/** The images with every layer in the form that the output asks for. */
export async function prepareSet(
  images: readonly AssembledImage[],
  options: ImageOutputOptions,
  context: ExportContext,
): Promise<ExportSet> {
  const layers: Descriptor[][] = [];
  for (const { chain } of images) {
    const forms: Descriptor[] = [];
    for (const layer of chain) forms.push(await layerForm(layer, options, context));
    layers.push(forms);
  }
  return describeSet(images, layers, options, context);
}

/** What {@link prepareSet} gives where nothing has to be fetched or compressed for it; else undefined. */
export async function readySet(
  images: readonly AssembledImage[],
  options: ImageOutputOptions,
  context: ExportContext,
): Promise<ExportSet | undefined> {
  const layers: Descriptor[][] = [];
  for (const { chain } of images) {
    const forms = await Promise.all(chain.map((layer) => readyForm(layer, options, context)));
    layers.push(forms.flatMap((form) => form ?? []));
    if (forms.includes(undefined)) return undefined;
  }
  return describeSet(images, layers, options, context);
}

/** The images with layers whose form is known; `layers` are those of each image. */
export function describeSet(
  images: readonly AssembledImage[],
  layers: readonly (readonly Descriptor[])[],
  { ociMediaTypes = true, ociArtifact = false, annotations: asked }: ImageOutputOptions,
  context: ExportContext,
): ExportSet {
  const annotations = parseAnnotations(asked);
  const built = images.map((image, at): SetImage => {
    const own = annotations.of('manifest', image.platform);
    const all = image.annotations === undefined ? own : { ...own, ...image.annotations };
    const manifest = buildManifest(image, layers[at] ?? [], ociMediaTypes, all);
    return { ...annotated(manifest, annotations.of('manifest-descriptor', image.platform)), image };
  });
  const attached = context.attach?.(built, { names: context.tags, isArtifact: ociArtifact }) ?? [];
  const members = [...built.map(imageMember), ...attached];
  const [only] = members;
  const root =
    only !== undefined && members.length === 1
      ? only.manifest
      : annotated(
          buildIndex(
            members.map(({ manifest }) => manifest.descriptor),
            ociMediaTypes,
            annotations.of('index'),
          ),
          annotations.of('index-descriptor'),
        );
  const texts = [...members.flatMap((member) => [...member.texts, member.manifest]), root];
  const blobs = unique([...members.flatMap((member) => member.layers), ...texts.map(({ descriptor }) => descriptor)]);
  const baseOf = findBase(built);
  return { images: built, descriptor: root.descriptor, blobs, baseOf, target: readable(root, texts, baseOf, context) };
}

function annotated<T extends SmallBlob>(blob: T, annotations: Descriptor['annotations']): T {
  return annotations === undefined ? blob : { ...blob, descriptor: { ...blob.descriptor, annotations } };
}

function imageMember({ image, manifest, bytes, descriptor }: SetImage): SetMember {
  const config = { descriptor: manifest.config, bytes: image.configBytes };
  return { manifest: { descriptor, bytes }, layers: manifest.layers, texts: [config] };
}

/** A base layer that was recompressed is nobody's blob but this store's. */
function findBase(images: readonly SetImage[]): ExportSet['baseOf'] {
  const bases = new Map<Digest, ChainLayer>();
  for (const { image, manifest } of images)
    for (const [at, layer] of image.chain.entries()) {
      const digest = blobOf(layer)?.digest;
      if (digest !== undefined && digest === manifest.layers[at]?.digest) bases.set(digest, layer);
    }
  return ({ digest }) => bases.get(digest);
}

function readable(
  root: SmallBlob,
  texts: readonly SmallBlob[],
  baseOf: ExportSet['baseOf'],
  context: ExportContext,
): ReadOnlyTarget {
  const known = new Map(texts.map(({ descriptor, bytes }) => [descriptor.digest, bytes]));
  return {
    async resolve() {
      return root.descriptor;
    },
    async fetch(target, { signal } = {}) {
      const bytes = known.get(target.digest);
      return bytes === undefined ? openLayer(target, baseOf(target), context, signal) : once(bytes);
    },
  };
}

function unique(descriptors: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor])).values()];
}
