import {
  type Descriptor,
  type Digest,
  digestOf,
  type ImageIndex,
  type ImageManifest,
  isDigest,
  isIndex,
  MAX_MANIFEST_BYTES,
  parseManifestOrIndex,
} from '@tsbuild/core';
import { readAll } from '../bytes.ts';
import type { ManifestRecord, Repository } from './catalog.ts';
import type { Handler, RegistryContext } from './context.ts';
import { headerText, type RegistryRequest, type Reply, SpecError } from './message.ts';

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** `/v2/<name>/manifests/<tag or digest>`. */
export const handleManifest: Handler = async (context, request, name, reference) => {
  if (!isDigest(reference) && !TAG.test(reference)) throw new SpecError(400, 'MANIFEST_INVALID', 'invalid reference');
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return getManifest(context, request.method, name, reference);
    case 'PUT':
      return putManifest(context, request, name, reference);
    case 'DELETE':
      return deleteManifest(context, name, reference);
    default:
      throw new SpecError(405, 'UNSUPPORTED', 'the operation is unsupported');
  }
};

function getManifest({ catalog, storage }: RegistryContext, method: string, name: string, reference: string): Reply {
  const { descriptor } = findManifest(catalog.find(name), reference);
  const { digest, size, mediaType } = descriptor;
  const headers = { 'content-type': mediaType, 'content-length': size, 'docker-content-digest': digest };
  return method === 'HEAD' ? { status: 200, headers } : { status: 200, headers, body: storage.read(digest, 0, size) };
}

function findManifest(repository: Repository | undefined, reference: string): ManifestRecord {
  if (repository === undefined) throw new SpecError(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  const digest = isDigest(reference) ? reference : repository.tags.get(reference);
  const record = digest === undefined ? undefined : repository.manifests.get(digest);
  if (record === undefined) throw new SpecError(404, 'MANIFEST_UNKNOWN', 'manifest unknown to registry');
  return record;
}

async function putManifest(
  { catalog, storage, referrersApi }: RegistryContext,
  request: RegistryRequest,
  name: string,
  reference: string,
): Promise<Reply> {
  const bytes = await readManifest(request);
  const digest = digestOf(bytes);
  if (isDigest(reference) && reference !== digest) {
    throw new SpecError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  const repository = catalog.open(name);
  const document = parseManifest(bytes, headerText(request, 'content-type'));
  checkReferences(document, repository);
  const record = recordOf(document, bytes, digest, headerText(request, 'content-type') ?? '');
  const upload = await storage.createUpload();
  await upload.append(bytes);
  await upload.commit(digest);
  repository.manifests.set(digest, record);
  if (!isDigest(reference)) repository.tags.set(reference, digest);
  await catalog.save();
  return putReply(name, record, referrersApi);
}

async function readManifest(request: RegistryRequest): Promise<Uint8Array> {
  if (Number(headerText(request, 'content-length') ?? 0) > MAX_MANIFEST_BYTES) throw tooLarge();
  return readAll(request.body, MAX_MANIFEST_BYTES, 'manifest').catch((error: unknown) => {
    throw error instanceof Error && error.name === 'ContentError' ? tooLarge() : error;
  });
}

function tooLarge(): SpecError {
  return new SpecError(413, 'SIZE_INVALID', `the manifest is larger than ${MAX_MANIFEST_BYTES} bytes`);
}

function parseManifest(bytes: Uint8Array, mediaType: string | undefined): ImageManifest | ImageIndex {
  try {
    const document = parseManifestOrIndex(bytes, mediaType);
    if (document.mediaType === undefined || mediaType === undefined || document.mediaType === mediaType) {
      return document;
    }
  } catch (error) {
    throw new SpecError(400, 'MANIFEST_INVALID', error instanceof Error ? error.message : 'manifest invalid');
  }
  throw new SpecError(400, 'MANIFEST_INVALID', 'the mediaType of the manifest is not its content type');
}

/** Everything that a manifest names must be there before it; its subject may come later. */
function checkReferences(document: ImageManifest | ImageIndex, { blobs, manifests }: Repository): void {
  const missing = isIndex(document)
    ? document.manifests.find(({ digest }) => !manifests.has(digest))
    : [document.config, ...document.layers].find(({ digest }) => !blobs.has(digest));
  if (missing !== undefined) throw new SpecError(404, 'MANIFEST_BLOB_UNKNOWN', `${missing.digest} is not there`);
}

function recordOf(
  document: ImageManifest | ImageIndex,
  bytes: Uint8Array,
  digest: Digest,
  contentType: string,
): ManifestRecord {
  const artifactType = document.artifactType ?? (isIndex(document) ? undefined : document.config.mediaType);
  const descriptor: Descriptor = {
    mediaType: document.mediaType ?? contentType,
    digest,
    size: bytes.byteLength,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
  };
  return document.subject === undefined ? { descriptor } : { descriptor, subject: document.subject.digest };
}

function putReply(name: string, { descriptor, subject }: ManifestRecord, referrersApi: boolean): Reply {
  const headers = {
    location: `/v2/${name}/manifests/${descriptor.digest}`,
    'docker-content-digest': descriptor.digest,
    'content-length': 0,
    ...(subject === undefined || !referrersApi ? {} : { 'oci-subject': subject }),
  };
  return { status: 201, headers };
}

async function deleteManifest({ catalog }: RegistryContext, name: string, reference: string): Promise<Reply> {
  const repository = catalog.open(name);
  const { digest } = findManifest(repository, reference).descriptor;
  if (isDigest(reference)) repository.manifests.delete(digest);
  for (const [tag, target] of repository.tags) {
    if (tag === reference || (isDigest(reference) && target === digest)) repository.tags.delete(tag);
  }
  await catalog.save();
  return { status: 202, headers: { 'content-length': 0 } };
}
