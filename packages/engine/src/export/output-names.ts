import { type Digest, formatReference, parseReference, type Reference, UsageError } from '@tsbuild/core';
import type { StoreOutput } from '../options.ts';

/** The names that an output gives: its own, else the tags of the build. */
export function namesOf({ name }: { readonly name?: string }, tags: readonly string[]): readonly string[] {
  return name === undefined ? tags : name.split(',');
}

/** A name to which a digest belongs instead of a tag. @throws {UsageError} when it has a tag */
export function untagged(name: string): Reference {
  const { registry, repository, digest } = parseReference(name);
  if (/:[^/]*$/.test(name) || digest !== undefined)
    throw new UsageError(`a push by digest cannot have a tag: ${JSON.stringify(name)}`, {
      hint: 'name the repository alone',
    });
  return { registry, repository };
}

/** Names under which the store keeps an image: as they were asked for, and complete with its digest. */
export function storeNames(
  names: readonly string[],
  { nameCanonical = false, danglingNamePrefix }: StoreOutput,
  digest: Digest,
): readonly string[] {
  if (names.length === 0) return danglingNamePrefix === undefined ? [] : [canonicalName(danglingNamePrefix, digest)];
  return nameCanonical ? [...names, ...names.map((name) => canonicalName(name, digest))] : names;
}

function canonicalName(name: string, digest: Digest): string {
  const { registry, repository } = parseReference(name);
  return formatReference({ registry, repository, digest });
}
