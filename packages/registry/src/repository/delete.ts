import { type CallOptions, type Descriptor, type Digest, parseManifestOrIndex } from '@tsbuild/core';
import type { Session } from '../session.ts';
import { contentPath, fetchContent, isManifestLike } from './content.ts';
import { readManifest, tagOrDigest } from './manifests.ts';
import { removeReferrer } from './referrers.ts';

/** Removes a tag, or content by descriptor; a manifest is taken off the referrers tag of its subject too. */
export async function deleteContent(
  session: Session,
  target: Descriptor | string,
  options: CallOptions,
): Promise<void> {
  if (typeof target === 'string') return deleteAt(session, `manifests/${tagOrDigest(session, target)}`, options);
  const subject = isManifestLike(target.mediaType) ? await subjectOf(session, target, options) : undefined;
  await deleteAt(session, contentPath(target), options);
  if (subject !== undefined) await removeReferrer(session, target.digest, subject, options);
}

async function deleteAt(session: Session, path: string, { signal }: CallOptions): Promise<void> {
  const response = await session.request({
    method: 'DELETE',
    target: path,
    actions: ['delete'],
    what: `${session.endpoint.registry}/${session.repository} ${path}`,
    expect: [200, 202, 204],
    signal,
  });
  await response.discard();
}

async function subjectOf(session: Session, target: Descriptor, options: CallOptions): Promise<Digest | undefined> {
  const bytes = await readManifest(await fetchContent(session, target, options), target.digest);
  return parseManifestOrIndex(bytes, target.mediaType).subject?.digest;
}
