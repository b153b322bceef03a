import type { CallOptions, Descriptor } from '@tsbuild/core';
import type { Session } from '../session.ts';
import { contentPath } from './content.ts';
import { tagOrDigest } from './manifests.ts';

/** Removes a tag, or content by descriptor. @throws {NotFoundError} */
export async function deleteContent(
  session: Session,
  target: Descriptor | string,
  { signal }: CallOptions,
): Promise<void> {
  const path = typeof target === 'string' ? `manifests/${tagOrDigest(session, target)}` : contentPath(target);
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
