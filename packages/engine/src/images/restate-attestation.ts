import {
  type Descriptor,
  type Digest,
  digestFromHex,
  digestHex,
  digestOf,
  type ImageManifest,
  MAX_CONFIG_BYTES,
} from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { LeavingPlatform } from './leaving-image.ts';
import type { StoredImage } from './stored-image.ts';

/** Bills of materials of large images have tens of megabytes. */
const MAX_STATEMENT_BYTES = 128 * 1024 * 1024;
const ABOUT = 'vnd.docker.reference.digest';

/** The digest of the manifest that an attestation of an index is about. */
function subjectOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[ABOUT];
}

/** An in-toto statement, as far as it names what it is about. */
interface Statement {
  readonly subject: readonly { readonly digest: { readonly sha256: string } }[];
}

/**
 * True when nothing but the digest of the image's manifest stands between the attestation and another manifest of the same
 * image: not where a signature covers it.
 */
export async function canRestate({ descriptor, manifest }: StoredImage, store: Store): Promise<boolean> {
  const about = subjectOf(descriptor);
  for (const layer of manifest.layers) {
    const statement = await readStatement(layer, store);
    if (statement?.subject.some(({ digest }) => digestFromHex(digest.sha256) !== about) !== false) return false;
  }
  return true;
}

/** The same attestation about the manifest that the image leaves with. New documents go to `documents`. */
export async function restate(
  platform: LeavingPlatform,
  renamed: ReadonlyMap<string, Descriptor>,
  documents: Map<Digest, Uint8Array>,
  store: Store,
): Promise<LeavingPlatform> {
  const { descriptor, manifest } = platform;
  const image = renamed.get(subjectOf(descriptor) ?? '');
  if (image === undefined) return platform;
  const layers: Descriptor[] = [];
  for (const layer of manifest.layers) {
    const statement = await readStatement(layer, store);
    const subject = statement?.subject.map((each) => ({ ...each, digest: { sha256: digestHex(image.digest) } }));
    layers.push(document({ ...statement, subject }, layer, documents));
  }
  const { mediaType, digest, size } = image;
  const changed: ImageManifest = {
    ...manifest,
    config: await restatedConfig(manifest, layers, documents, store),
    layers,
    ...('subject' in manifest ? { subject: { mediaType, digest, size } } : {}),
  };
  const annotations = { ...descriptor.annotations, [ABOUT]: digest };
  return { ...platform, manifest: changed, descriptor: { ...document(changed, descriptor, documents), annotations } };
}

/** Registries want a config whose layers are those of the manifest. */
async function restatedConfig(
  { config }: ImageManifest,
  layers: readonly Descriptor[],
  documents: Map<Digest, Uint8Array>,
  store: Store,
): Promise<Descriptor> {
  const bytes = await store.blobs.readAll(config.digest, MAX_CONFIG_BYTES);
  const content: unknown = JSON.parse(String(bytes ?? '{}'));
  if (!isRecord(content) || !isRecord(content.rootfs)) return config;
  const rootfs = { ...content.rootfs, diff_ids: layers.map(({ digest }) => digest) };
  return document({ ...content, rootfs }, config, documents);
}

/** Writes a document in the place of another. */
function document(content: object, before: Descriptor, documents: Map<Digest, Uint8Array>): Descriptor {
  const bytes = Buffer.from(JSON.stringify(content));
  const digest = digestOf(bytes);
  documents.set(digest, bytes);
  return { ...before, digest, size: bytes.length };
}

async function readStatement({ digest }: Descriptor, store: Store): Promise<Statement | undefined> {
  const bytes = await store.blobs.readAll(digest, MAX_STATEMENT_BYTES);
  if (bytes === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(bytes.toString('utf8'));
    return isStatement(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isStatement(content: unknown): content is Statement {
  if (!isRecord(content) || !Array.isArray(content.subject) || content.subject.length === 0) return false;
  return content.subject.every(
    (each: unknown) => isRecord(each) && isRecord(each.digest) && /^[0-9a-f]{64}$/.test(String(each.digest.sha256)),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
