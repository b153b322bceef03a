import {
  type Descriptor,
  type Digest,
  digestHex,
  familiarReference,
  isIndex,
  parseReference,
  UsageError,
} from '@tsbuild/core';
import type { Store, StoredReference } from '@tsbuild/store';
import { findImage, namesOf } from './find-image.ts';
import { isUntagged, repoDigestOf } from './image-names.ts';
import { readDocument, type StoredImage } from './stored-image.ts';

/** What goes with a name (`tsbuild rmi`). */
export interface RemoveImageOptions {
  /** Remove an image given by its id although several repositories name it (`--force`). @default false */
  readonly force?: boolean;
  /** Take the names only; what they led to stays until the store is pruned (`--no-prune`). @default false */
  readonly noPrune?: boolean;
}

/** One thing that a removal did, in order. */
export type Removal = { readonly untagged: string } | { readonly deleted: Digest };

/**
 * Takes a name away, or with an id every name. An image without a name goes, with those of its layers that no other
 * name leads to; layers that builds have read stay in the cache, and what a build that runs uses stays too, for `prune`.
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND @throws {UsageError} for an id with names in several repositories
 */
export async function removeImage(store: Store, text: string, options: RemoveImageOptions = {}): Promise<Removal[]> {
  const { image, name } = await findImage(store, text);
  const named = await namesOf(store, image);
  const removed = name === undefined ? namesToTake(text, image, named, options) : [name];
  const removals: Removal[] = [];
  for (const { reference } of removed) {
    await store.references.remove(reference);
    if (!isUntagged(reference)) removals.push({ untagged: familiarReference(parseReference(reference)) });
  }
  if (removed.length < named.length) return removals;
  const digests = new Set(named.flatMap((stored) => repoDigestOf(stored) ?? []));
  removals.push(...[...digests].map((untagged) => ({ untagged })));
  if (options.noPrune !== true) removals.push(...(await deleteImage(store, image)));
  return removals;
}

function namesToTake(
  text: string,
  { id }: StoredImage,
  named: readonly StoredReference[],
  { force = false }: RemoveImageOptions,
): readonly StoredReference[] {
  const repositories = new Set(named.map(({ reference }) => repositoryPart(reference)));
  if (repositories.size <= 1 || force) return named;
  throw new UsageError(
    `conflict: unable to delete ${digestHex(id).slice(0, 12)} (must be forced): image is referenced in multiple repositories`,
    { hint: `remove its names one by one, or tsbuild rmi -f ${text}` },
  );
}

function repositoryPart(reference: string): string {
  const { registry, repository } = parseReference(reference);
  return `${registry}/${repository}`;
}

async function deleteImage(store: Store, { id, root, descriptor, manifest, config }: StoredImage): Promise<Removal[]> {
  const needed = await reachable(store);
  const documents = [root, descriptor, manifest.config].map(({ digest }) => digest);
  const layers = new Map<Digest, Digest>();
  for (const [at, diffId] of config.rootfs.diff_ids.entries()) {
    const blob = manifest.layers[at]?.digest;
    if (blob !== undefined && (await store.layers.get(diffId)) === undefined) layers.set(diffId, blob);
  }
  const unneeded = [...documents, ...layers.values()].filter((digest) => !needed.has(digest));
  const gone = await store.release(new Set(unneeded));
  // A build may be using some of it, which then stays for `prune`.
  const isKept = unneeded.includes(manifest.config.digest) && !gone.has(manifest.config.digest);
  const deleted = [...layers].flatMap(([diffId, blob]) => (gone.has(blob) ? [diffId] : []));
  return [...(isKept ? [] : [id]), ...deleted].map((digest) => ({ deleted: digest }));
}

/** Everything that the remaining names lead to. */
async function reachable(store: Store): Promise<ReadonlySet<Digest>> {
  const seen = new Set<Digest>();
  const pending: Descriptor[] = (await store.references.list()).map(({ descriptor }) => descriptor);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next.digest)) continue;
    seen.add(next.digest);
    const document = await readDocument(store, next).catch(() => undefined);
    if (document === undefined) continue;
    if (isIndex(document)) pending.push(...document.manifests);
    else for (const { digest } of [document.config, ...document.layers]) seen.add(digest);
  }
  return seen;
}
