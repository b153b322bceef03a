import {
  type ByteStream,
  type CallOptions,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  isTsbuildError,
  parseManifestOrIndex,
  type Reference,
} from '@tsbuild/core';
import type { Session } from '../session.ts';
import { verified } from '../verified.ts';
import { contentPath, fetchContent, fetchUnverified, isManifestLike } from './content.ts';
import { deleteContent } from './delete.ts';
import { putManifest, readManifest, resolveManifest, tagOrDigest } from './manifests.ts';
import { mountBlob } from './mount.ts';
import { addReferrer, listReferrers } from './referrers.ts';
import type { RemoteRepository } from './remote-repository.ts';
import { listTags } from './tags.ts';
import { uploadBlob } from './upload.ts';

export interface RepositoryParts {
  readonly reference: Reference;
  /** The registry itself: everything is written there. */
  readonly session: Session;
  /** Asked before the registry for what is read. */
  readonly mirrors: readonly Session[];
  readonly uploadChunkBytes?: number | undefined;
}

export function openRepository({ reference, session, mirrors, uploadChunkBytes }: RepositoryParts): RemoteRepository {
  /** The first that answers; what the registry itself says is final. */
  const reading = async <T>(signal: AbortSignal | undefined, ask: (session: Session) => Promise<T>): Promise<T> => {
    for (const mirror of mirrors) {
      try {
        return await ask(mirror);
      } catch (error) {
        if (signal?.aborted === true || !isTsbuildError(error)) throw error;
      }
    }
    return ask(session);
  };
  const pushAs = async (target: Descriptor, content: ByteStream, name: string, options: CallOptions): Promise<void> => {
    const bytes = await readManifest(verified(content, target), target.digest);
    await pushManifest(session, target, bytes, name, options);
  };

  return {
    reference,
    fetch: (target, options = {}) => reading(options.signal, (from) => fetchContent(from, target, options)),
    fetchUnverified: (target, options = {}) =>
      reading(options.signal, (from) => fetchUnverified(from, target, options)),
    resolve: (text, options = {}) => {
      const name = tagOrDigest(session, text);
      return reading(options.signal, (from) => resolveManifest(from, name, options));
    },
    exists: (target, options = {}) => isThere(session, target, options),
    push: (target, content, options = {}) =>
      isManifestLike(target.mediaType)
        ? pushAs(target, content, target.digest, options)
        : uploadBlob(session, target, content, { ...options, chunkBytes: uploadChunkBytes }),
    pushReference: (target, content, text, options = {}) =>
      pushAs(target, content, tagOrDigest(session, text), options),
    async tag(target, text, options = {}) {
      const name = tagOrDigest(session, text);
      await pushAs(target, await fetchContent(session, target, options), name, options);
    },
    mount: (target, from, options = {}) => mountBlob(session, target, from, options),
    tags: (options = {}) => listTags(session, options),
    delete: (target, options = {}) => deleteContent(session, target, options),
    referrers: (subject, artifactType, options = {}) => listReferrers(session, subject, artifactType, options),
  };
}

async function isThere(session: Session, target: Descriptor, { signal }: CallOptions): Promise<boolean> {
  const response = await session.request({
    method: 'HEAD',
    target: contentPath(target),
    headers: { accept: isManifestLike(target.mediaType) ? target.mediaType : '*/*' },
    actions: ['pull'],
    what: target.digest,
    expect: [200, 404],
    signal,
  });
  await response.discard();
  return response.status === 200;
}

async function pushManifest(
  session: Session,
  target: Descriptor,
  bytes: Uint8Array,
  name: string,
  options: CallOptions,
): Promise<void> {
  const manifest = manifestWithSubject(bytes, target.mediaType);
  const { keepsReferrers } = await putManifest(session, target, bytes, name, options);
  if (manifest !== undefined && !keepsReferrers) await addReferrer(session, target, manifest, options);
}

/** Few manifests have a subject, so most need not be parsed. */
function manifestWithSubject(bytes: Uint8Array, mediaType: string): ImageManifest | ImageIndex | undefined {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"subject"')
    ? parseManifestOrIndex(bytes, mediaType)
    : undefined;
}
