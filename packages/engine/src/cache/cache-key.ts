import { type CacheKey, digestOf } from '@tsbuild/core';

/** What may enter a key: plain JSON without `undefined`. */
export type KeyPart = string | number | boolean | null | readonly KeyPart[] | { readonly [name: string]: KeyPart };

/**
 * Key of an operation. `domain` is its kind and format version, `run/v1`: a change of meaning takes a new one. Object
 * members are ordered by name, so that the order in which they were made does not count.
 */
export function cacheKey(domain: string, parts: KeyPart): CacheKey {
  return digestOf(`${domain}\n${canonicalJson(parts)}`);
}

/** A key together with what it is the digest of. */
export interface Keyed {
  readonly key: CacheKey;
  /** Kind of the operation and version of its form. */
  readonly domain: string;
  readonly parts: KeyPart;
}

/** As {@link cacheKey}, keeping what the key is made of: who imports a record recomputes its key from that. */
export function keyed(domain: string, parts: KeyPart): Keyed {
  return { key: cacheKey(domain, parts), domain, parts };
}

/** JSON with members in code-unit order: equal values are equal texts, and different values different ones. */
export function canonicalJson(value: KeyPart): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isList(value: KeyPart): value is readonly KeyPart[] {
  return Array.isArray(value);
}
