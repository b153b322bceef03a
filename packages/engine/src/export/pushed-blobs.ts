import type { CacheRecord, CacheStore, Descriptor, Digest, Reference } from '@tsbuild/core';
import { cacheKey } from '../cache/cache-key.ts';

/** A repository of this registry that a blob was pushed to before, from which another can take it over. */
export async function pushedTo(
  records: CacheStore,
  { digest }: Descriptor,
  { registry }: Reference,
): Promise<string | undefined> {
  const record = await records.get(keyOf(digest, registry));
  return typeof record?.repository === 'string' ? record.repository : undefined;
}

/** Remembers where blobs are now. Of what is known already only those that are `gone` there are written. */
export async function rememberPushed(
  records: CacheStore,
  blobs: readonly Descriptor[],
  reference: Reference,
  gone: ReadonlySet<Digest>,
): Promise<void> {
  const { registry, repository } = reference;
  for (const blob of blobs) {
    if (!gone.has(blob.digest) && (await pushedTo(records, blob, reference)) !== undefined) continue;
    await records.put(keyOf(blob.digest, registry), { v: 1, repository } satisfies CacheRecord);
  }
}

function keyOf(digest: Digest, registry: string) {
  return cacheKey('pushed/v1', { digest, registry });
}
