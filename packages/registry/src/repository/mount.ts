import type { CallOptions, Descriptor } from '@tsbuild/core';
import type { Session } from '../session.ts';

/**
 * Asks the registry to take a blob over from another of its repositories.
 * @returns false when it starts an upload instead, which is given up
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository
 */
export async function mountBlob(
  session: Session,
  target: Descriptor,
  from: string,
  { signal }: CallOptions,
): Promise<boolean> {
  const what = `mount of ${target.digest} from ${from}`;
  const response = await session.request({
    method: 'POST',
    target: `blobs/uploads/?mount=${encodeURIComponent(target.digest)}&from=${encodeURIComponent(from)}`,
    headers: { 'content-length': '0' },
    actions: ['push'],
    alsoPull: from,
    what,
    expect: [201, 202, 404],
    signal,
  });
  await response.discard();
  return response.status === 201;
}
