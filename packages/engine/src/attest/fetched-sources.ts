import type { Digest } from '@tsbuild/core';

/** What a build took from elsewhere, with the content that it found there. */
export type FetchedSource =
  /** `url` has the ref and folder as its fragment. */
  | { readonly kind: 'git'; readonly url: string; readonly commit: string }
  | { readonly kind: 'http'; readonly url: string; readonly digest: Digest };

/** Collects what a build fetches. */
export interface FetchedSources {
  add(source: FetchedSource): void;
  /** Each once, in the order of their URLs. */
  list(): readonly FetchedSource[];
}

export function createFetchedSources(): FetchedSources {
  const sources = new Map<string, FetchedSource>();
  return {
    add: (source) => sources.set(`${source.kind}\n${source.url}`, source),
    list: () => [...sources.values()].sort((a, b) => (a.url < b.url ? -1 : 1)),
  };
}
