import type { Descriptor, Digest } from '@tsbuild/core';
import type { Storage } from './storage.ts';

/** A manifest, as far as lists of referrers need it. */
export interface ManifestRecord {
  readonly descriptor: Descriptor;
  readonly subject?: Digest;
}

/** What one repository shows. Content itself is shared by all. */
export interface Repository {
  readonly blobs: Set<Digest>;
  readonly manifests: Map<Digest, ManifestRecord>;
  readonly tags: Map<string, Digest>;
}

/** The repositories of a registry. */
export interface Catalog {
  readonly names: () => string[];
  find(name: string): Repository | undefined;
  /** Makes it when it is not there. */
  open(name: string): Repository;
  /** To be called after a change. */
  save(): Promise<void>;
}

interface SavedRepository {
  readonly name: string;
  readonly blobs: readonly Digest[];
  readonly manifests: readonly ManifestRecord[];
  readonly tags: readonly (readonly [string, Digest])[];
}

export async function loadCatalog(storage: Storage): Promise<Catalog> {
  const repositories = new Map<string, Repository>();
  const saved = ((await storage.loadState()) ?? []) as readonly SavedRepository[];
  for (const { name, blobs, manifests, tags } of saved) {
    const byDigest = manifests.map((record) => [record.descriptor.digest, record] as const);
    repositories.set(name, { blobs: new Set(blobs), manifests: new Map(byDigest), tags: new Map(tags) });
  }
  return {
    names: () => [...repositories.keys()].sort(),
    find: (name) => repositories.get(name),
    open(name) {
      const repository = repositories.get(name) ?? { blobs: new Set(), manifests: new Map(), tags: new Map() };
      repositories.set(name, repository);
      return repository;
    },
    save: () => storage.saveState([...repositories].map(toSaved)),
  };
}

function toSaved([name, { blobs, manifests, tags }]: [string, Repository]): SavedRepository {
  return { name, blobs: [...blobs], manifests: [...manifests.values()], tags: [...tags] };
}
