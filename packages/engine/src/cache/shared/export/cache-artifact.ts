import { type Descriptor, digestOf, MEDIA_TYPES, type ReadOnlyTarget } from '@tsbuild/core';
import { type ExportContext, openLayer } from '../../../export/export-context.ts';
import { once } from '../../../once.ts';
import type { ChainLayer } from '../../../solve/chain.ts';
import { EXPLANATIONS_TYPE, encodeExplanations } from '../explanations.ts';
import { ARTIFACT_TYPE, DOCUMENT_TYPE, descriptorOf, encodeDocument } from '../shared-document.ts';
import { type CacheContent, toSharedRecord } from './cache-content.ts';

/** A cache as an OCI artifact: the records are its config, the layers its layers. */
export interface CacheArtifact {
  readonly descriptor: Descriptor;
  /** Everything that has to be there, the manifest last. */
  readonly blobs: readonly Descriptor[];
  readonly target: ReadOnlyTarget;
  readonly layerOf: (blob: Descriptor) => ChainLayer | undefined;
}

const EMPTY = Buffer.from('{}');

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage */
export function createArtifact(content: CacheContent, context: ExportContext): CacheArtifact {
  const { layers, chain } = content;
  const explanations = encodeExplanations(content.steps);
  const described = content.steps.length === 0 ? [] : [describe(explanations, EXPLANATIONS_TYPE)];
  const records = content.records.map(toSharedRecord);
  const document = encodeDocument({ records, layers, mounts: content.mounts, explanations: described[0] });
  const config = describe(document, DOCUMENT_TYPE);
  const listed = [...[...layers.values()].map(descriptorOf), ...described];
  const blobs = listed.length === 0 ? [describe(EMPTY, MEDIA_TYPES.ociEmpty)] : listed;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: ARTIFACT_TYPE,
      config,
      layers: blobs,
    }),
  );
  const descriptor = describe(manifest, MEDIA_TYPES.ociManifest);
  const small = new Map([document, explanations, EMPTY, manifest].map((bytes) => [digestOf(bytes), bytes]));
  const places = new Map(chain.map((layer) => [layers.get(layer.diffId)?.digest, layer]));
  const layerOf = ({ digest }: Descriptor) => places.get(digest);
  return {
    descriptor,
    blobs: [...blobs, config, descriptor],
    layerOf,
    target: {
      resolve: async () => descriptor,
      async fetch(blob, { signal } = {}) {
        const bytes = small.get(blob.digest);
        return bytes === undefined ? openLayer(blob, fetchable(layerOf(blob), blob), context, signal) : once(bytes);
      },
    },
  };
}

/** The layer, if what is exported is the blob that a shared cache has. */
export function fetchable(layer: ChainLayer | undefined, { digest }: Descriptor): ChainLayer | undefined {
  return layer?.remote?.descriptor?.digest === digest ? layer : undefined;
}

function describe(bytes: Buffer, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
