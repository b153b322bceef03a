import { dirname } from 'node:path';
import {
  type ByteStream,
  type Descriptor,
  fromSystemError,
  isTsbuildError,
  type ReadOnlyTarget,
  SolveError,
  systemErrorCode,
} from '@tsbuild/core';
import type { RegistryClient } from '@tsbuild/registry';
import type { Store } from '@tsbuild/store';
import type { Reporter } from '../events.ts';
import type { StepInfo } from '../graph.ts';
import type { AssembledImage } from '../image/assemble.ts';
import { layerForm } from '../image/layer-forms.ts';
import { type BuiltManifest, buildManifest } from '../image/manifest.ts';
import type { ImageOutputOptions } from '../options.ts';
import type { ChainLayer } from '../solve/chain.ts';
import type { Layers } from '../solve/layers.ts';

/** What exporters share. */
export interface ExportContext {
  readonly store: Store;
  readonly layers: Layers;
  readonly registry: () => Promise<RegistryClient>;
  readonly reporter: Reporter;
  /** The step that the export shows as. */
  readonly step: StepInfo;
  readonly tags: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** An image with its layers in the form of one output: readable by descriptor, so that every place can copy from it. */
export interface ExportImage extends BuiltManifest {
  readonly image: AssembledImage;
  readonly target: ReadOnlyTarget;
  /** The base layer that a descriptor stands for. */
  readonly baseOf: (descriptor: Descriptor) => ChainLayer | undefined;
}

/** The image with every layer in the form that the output asks for. */
export async function prepareImage(
  image: AssembledImage,
  options: ImageOutputOptions,
  context: ExportContext,
): Promise<ExportImage> {
  const layers: Descriptor[] = [];
  for (const layer of image.chain) layers.push(await layerForm(layer, options, context));
  return describeImage(image, layers, options, context);
}

/** The image with layers whose form is known. */
export function describeImage(
  image: AssembledImage,
  layers: readonly Descriptor[],
  options: ImageOutputOptions,
  context: ExportContext,
): ExportImage {
  const built = buildManifest(image, layers, options.ociMediaTypes ?? true);
  const bases = new Map(
    // A base layer that was recompressed is nobody's blob but this store's.
    image.chain.flatMap((layer, at) =>
      layer.base?.descriptor.digest === layers[at]?.digest ? [[layers[at]?.digest, layer] as const] : [],
    ),
  );
  const baseOf = ({ digest }: Descriptor) => bases.get(digest);
  return { ...built, image, baseOf, target: imageTarget(image, built, baseOf, context) };
}

function imageTarget(
  { configBytes, configDescriptor }: AssembledImage,
  { bytes, descriptor }: BuiltManifest,
  baseOf: ExportImage['baseOf'],
  context: ExportContext,
): ReadOnlyTarget {
  return {
    async resolve() {
      return descriptor;
    },
    async fetch(target, { signal } = {}) {
      if (target.digest === descriptor.digest) return once(bytes);
      if (target.digest === configDescriptor.digest) return once(configBytes);
      return openLayer(target, baseOf(target), context, signal);
    },
  };
}

/** The bytes of a layer in one of its forms; `base` is the layer whose blob it is as it was pulled. */
export async function openLayer(
  form: Descriptor,
  base: ChainLayer | undefined,
  { store, layers }: ExportContext,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  if (base !== undefined) await layers.fetchBase(base, signal);
  return store.blobs.fetch(form, { signal });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What went wrong with an output, in words for people; tsbuild's own errors and an abort pass unchanged. */
export function writeFailed(dest: string, cause: unknown, { signal }: ExportContext): unknown {
  if (signal?.aborted === true) return cause;
  const known = fromSystemError(cause, `writing ${dest}`);
  if (isTsbuildError(known)) return known;
  if (systemErrorCode(cause) === 'ENOENT') {
    const hint = `create the folder ${dirname(dest)} first`;
    return new SolveError('ERR_TSBUILD_OUTPUT', `cannot write ${dest}: its folder does not exist`, { cause, hint });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SolveError('ERR_TSBUILD_OUTPUT', `cannot write ${dest}: ${reason}`, { cause });
}
