import { gunzipSync, gzipSync } from 'node:zlib';
import { compressionOf, type Descriptor, type DiffId } from '@tsbuild/core';
import {
  encodeDocument,
  MAX_DOCUMENT_BYTES,
  parseDocument,
  type SharedBlob,
  type SharedDocument,
  type SharedRecord,
} from './shared-document.ts';

/** Annotation of an image's manifest that holds the records of its steps; the config, and so the image's id, stays as it is. */
export const INLINE_ANNOTATION = 'dev.tsbuild.cache.v1';

/** Records alone: the image's own manifest says where the layers are. */
export function encodeInline(records: readonly SharedRecord[]): string {
  const document = encodeDocument({ records, layers: new Map(), mounts: [] });
  return gzipSync(document, { level: 9 }).toString('base64');
}

/** @throws {Error} when it is damaged */
export function parseInline(text: string, diffIds: readonly DiffId[], layers: readonly Descriptor[]): SharedDocument {
  const bytes = gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MAX_DOCUMENT_BYTES });
  const blobs = diffIds.flatMap((diffId, at) => {
    const blob = layers[at];
    return blob === undefined ? [] : [[diffId, sharedBlob(blob)] as const];
  });
  return { ...parseDocument(bytes), layers: new Map(blobs), mounts: [] };
}

/** Levels are not written in manifests; what most builds leave unsaid is taken for true, and costs a blob sent again if it is not. */
function sharedBlob({ mediaType, digest, size }: Descriptor): SharedBlob {
  const level = compressionOf(mediaType) === 'gzip' ? 6 : 3;
  return { mediaType, digest, size, level };
}
