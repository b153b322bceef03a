import type { Digest } from '@tsbuild/core';
import type { BlobStore } from './blob-store.ts';
import { collect, removeTree } from './collector.ts';
import { protectedSince } from './lease-folders.ts';
import { giveUpOwn } from './prune.ts';
import type { StoreFolder } from './store-folder.ts';
import { lookAt, translatingAsync } from './system-errors.ts';

/** Removes blobs that nobody uses; returns those that were there and are gone. */
export async function release(
  { folder, blobs }: { readonly folder: StoreFolder; readonly blobs: Pick<BlobStore, 'path'> },
  digests: Iterable<Digest>,
): Promise<ReadonlySet<Digest>> {
  await giveUpOwn(folder);
  const since = protectedSince(folder.path('tmp'));
  const gone = new Set<Digest>();
  for (const digest of digests) {
    const path = blobs.path(digest);
    const isThere = lookAt(path) !== undefined;
    const isGone = await translatingAsync('removing from the store', () => collect(folder, path, since, removeTree));
    if (isThere && isGone) gone.add(digest);
  }
  return gone;
}
