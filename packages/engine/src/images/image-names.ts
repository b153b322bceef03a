import {
  type Descriptor,
  type Digest,
  familiarReference,
  formatReference,
  isDigest,
  parseReference,
} from '@tsbuild/core';
import type { Store, StoredReference } from '@tsbuild/store';
import { ORIGIN, PUSHED } from '../source/provenance-annotations.ts';

/** Names of this host hold images that have none: `.invalid` is nobody's domain. */
const UNTAGGED = 'untagged.invalid/image';

/** Keeps an image that has no name, until somebody removes it. */
export async function keepUntagged(store: Store, descriptor: Descriptor): Promise<void> {
  await store.references.tag(descriptor, `${UNTAGGED}@${descriptor.digest}`);
}

/** An image gets a name, so what kept it without one goes. */
export async function nameImage(store: Store, descriptor: Descriptor, name: string): Promise<void> {
  await store.references.tag(descriptor, name);
  await store.references.remove(`${UNTAGGED}@${descriptor.digest}`);
}

export function isUntagged(reference: string): boolean {
  return reference.startsWith(`${UNTAGGED}@`);
}

/** `name@sha256:…` as a registry knows the image: what was pushed under the name, or where it was pulled from. */
export function repoDigestOf({ reference, descriptor }: StoredReference): string | undefined {
  const { annotations, digest } = descriptor;
  const pushed = annotations?.[PUSHED];
  if (isDigest(pushed) && !isUntagged(reference)) return withDigest(reference, pushed);
  const origin = annotations?.[ORIGIN];
  return origin === undefined ? undefined : withDigest(origin, digest);
}

function withDigest(name: string, digest: Digest): string {
  const { registry, repository } = parseReference(name);
  return familiarReference({ registry, repository, digest });
}

/** Name without tag and digest, complete. */
export function repositoryOf(name: string): string {
  const { registry, repository } = parseReference(name);
  return formatReference({ registry, repository });
}
