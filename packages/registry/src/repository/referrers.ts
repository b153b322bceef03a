import {
  type CallOptions,
  type Descriptor,
  type Digest,
  digestOf,
  type ImageIndex,
  type ImageManifest,
  isDigest,
  isIndex,
  MAX_MANIFEST_BYTES,
  MEDIA_TYPES,
  NotFoundError,
  parseManifestOrIndex,
} from '@tsbuild/core';
import { readAll } from '../bytes.ts';
import type { Session } from '../session.ts';
import { fetchContent } from './content.ts';
import { putManifest, resolveManifest } from './manifests.ts';
import { pages } from './pages.ts';

/** More referrers than anybody reads. */
const MAX_REFERRERS = 100_000;

/**
 * Manifests whose subject is `subject`, from the API or, where the registry has none, from the index under the tag
 * `sha256-<hex>`.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function listReferrers(
  session: Session,
  subject: Digest,
  artifactType: string | undefined,
  options: CallOptions,
): Promise<readonly Descriptor[]> {
  const found = (await fromApi(session, subject, artifactType, options)) ?? (await fromTag(session, subject, options));
  return artifactType === undefined ? found : found.filter((entry) => entry.artifactType === artifactType);
}

async function fromApi(
  session: Session,
  subject: Digest,
  artifactType: string | undefined,
  { signal }: CallOptions,
): Promise<Descriptor[] | undefined> {
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  const found: Descriptor[] = [];
  let hasApi = false;
  const request = {
    method: 'GET',
    target: `referrers/${subject}${query}`,
    headers: { accept: MEDIA_TYPES.ociIndex },
    actions: ['pull'],
    what: `referrers of ${subject}`,
    expect: [200, 404],
    signal,
  } as const;
  for await (const page of pages(session, request)) {
    hasApi = true;
    const list = Array.isArray(page.manifests) ? page.manifests : [];
    found.push(...list.filter(isDescriptor));
    if (found.length > MAX_REFERRERS) break;
  }
  return hasApi ? found : undefined;
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size } = value as Record<string, unknown>;
  return typeof mediaType === 'string' && isDigest(digest) && Number.isSafeInteger(size);
}

async function fromTag(session: Session, subject: Digest, options: CallOptions): Promise<readonly Descriptor[]> {
  try {
    const descriptor = await resolveManifest(session, referrersTag(subject), options);
    const bytes = await readAll(await fetchContent(session, descriptor, options), MAX_MANIFEST_BYTES, 'referrers');
    const document = parseManifestOrIndex(bytes, descriptor.mediaType);
    return isIndex(document) ? document.manifests : [];
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema */
function referrersTag(subject: Digest): string {
  return subject.replace(':', '-');
}

/** Lists a manifest under its subject's tag, for registries without the API. Two writers at once may lose an entry. */
export async function addReferrer(
  session: Session,
  target: Descriptor,
  manifest: ImageManifest | ImageIndex,
  options: CallOptions,
): Promise<void> {
  if (manifest.subject === undefined) return;
  const others = await fromTag(session, manifest.subject.digest, options);
  if (others.some(({ digest }) => digest === target.digest)) return;
  const entry = describeReferrer(target, manifest);
  await putReferrers(session, manifest.subject.digest, [...others, entry], options);
}

/** Takes a manifest off its subject's list. */
export async function removeReferrer(
  session: Session,
  target: Digest,
  subject: Digest,
  options: CallOptions,
): Promise<void> {
  const all = await fromTag(session, subject, options);
  const others = all.filter(({ digest }) => digest !== target);
  if (others.length < all.length) await putReferrers(session, subject, others, options);
}

async function putReferrers(
  session: Session,
  subject: Digest,
  manifests: readonly Descriptor[],
  options: CallOptions,
): Promise<void> {
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests } satisfies ImageIndex;
  const bytes = Buffer.from(JSON.stringify(index));
  const descriptor = { mediaType: MEDIA_TYPES.ociIndex, digest: digestOf(bytes), size: bytes.byteLength };
  await putManifest(session, descriptor, bytes, referrersTag(subject), options);
}

function describeReferrer(target: Descriptor, manifest: ImageManifest | ImageIndex): Descriptor {
  const { mediaType, digest, size } = target;
  const artifactType = manifest.artifactType ?? (isIndex(manifest) ? undefined : manifest.config.mediaType);
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
  };
}
