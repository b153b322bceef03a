import {
  type Descriptor,
  digestHex,
  formatReference,
  isTsbuildError,
  type Platform,
  parsePlatform,
  parseReference,
  type Reference,
  TsbuildError,
  UsageError,
} from '@tsbuild/core';
import type { Store, StoredReference } from '@tsbuild/store';
import { findUnnamed } from './find-unnamed.ts';
import { openStoredImage, type StoredImage } from './stored-image.ts';

export interface FoundImage {
  readonly image: StoredImage;
  /** The name that was asked for; undefined when it was asked for by its id. */
  readonly name: StoredReference | undefined;
}

/**
 * An image of the store by name, `name@digest`, id, or the beginning of an id, as Docker looks for it.
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND @throws {UsageError} when several ids begin so
 */
export async function findImage(store: Store, text: string, platformText?: string): Promise<FoundImage> {
  const platform = platformText === undefined ? undefined : parsePlatform(platformText);
  const references = await store.references.list();
  const name = namedBy(text, references);
  const root = name?.descriptor;
  const image = root === undefined ? await byId(store, text, references, platform) : await open(store, root, platform);
  if (image !== undefined) return { image, name };
  throw new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', `no such image: ${JSON.stringify(text)}`, {
    hint: 'tsbuild images lists what the store has; tsbuild pull fetches an image',
  });
}

/** The stored names that lead to an image. */
export async function namesOf(store: Store, { id }: StoredImage): Promise<StoredReference[]> {
  const named: StoredReference[] = [];
  for (const stored of await store.references.list())
    if ((await openStoredImage(store, stored.descriptor))?.id === id) named.push(stored);
  return named;
}

function open(store: Store, root: Descriptor, platform: Platform | undefined): Promise<StoredImage | undefined> {
  return openStoredImage(store, root, platform);
}

function namedBy(text: string, references: readonly StoredReference[]): StoredReference | undefined {
  const wanted = asReference(text);
  if (wanted === undefined) return undefined;
  const { registry, repository, digest, tag } = wanted;
  const full = formatReference({
    registry,
    repository,
    ...(digest === undefined ? { tag: tag ?? 'latest' } : { digest }),
  });
  const exact = references.find(({ reference }) => reference === full);
  if (exact !== undefined || digest === undefined) return exact;
  const prefix = `${formatReference({ registry, repository })}:`;
  return references.find(({ reference, descriptor }) => descriptor.digest === digest && reference.startsWith(prefix));
}

function asReference(text: string): Reference | undefined {
  if (/^sha256:[0-9a-f]+$/.test(text)) return undefined;
  try {
    return parseReference(text);
  } catch (error) {
    if (isTsbuildError(error)) return undefined;
    throw error;
  }
}

async function byId(
  store: Store,
  text: string,
  references: readonly StoredReference[],
  platform: Platform | undefined,
): Promise<StoredImage | undefined> {
  const hex = /^(?:sha256:)?([0-9a-f]{1,64})$/.exec(text)?.[1];
  if (hex === undefined) return undefined;
  const found = new Map<string, StoredImage>();
  for (const { descriptor } of references) {
    const image = await openStoredImage(store, descriptor, platform);
    if (image !== undefined && [image.id, descriptor.digest].some((digest) => digestHex(digest).startsWith(hex)))
      found.set(image.id, image);
  }
  if (found.size > 1) {
    throw new UsageError(`${JSON.stringify(text)} is the beginning of ${found.size} image ids`, {
      hint: 'give more digits',
    });
  }
  const [only] = found.values();
  return only ?? (hex.length >= 12 ? findUnnamed(store, hex) : undefined);
}
