import { randomUUID } from 'node:crypto';
import { type Digest, isDigest } from '@tsbuild/core';
import type { Handler, RegistryContext } from './context.ts';
import { headerText, type RegistryRequest, type Reply, SpecError } from './message.ts';
import type { Upload } from './storage.ts';

/** `POST /v2/<name>/blobs/uploads/`: a mount, a blob in one request, or the start of an upload. */
export const startUpload: Handler = async (context, request, name) => {
  if (request.method !== 'POST') throw new SpecError(405, 'UNSUPPORTED', 'the operation is unsupported');
  const { searchParams } = request.url;
  const mount = searchParams.get('mount');
  if (mount !== null && isDigest(mount) && (await mountBlob(context, name, mount, searchParams.get('from')))) {
    return created(name, mount);
  }
  const id = randomUUID();
  const upload = await context.storage.createUpload();
  context.uploads.set(id, upload);
  if (searchParams.has('digest')) return finish(context, request, name, id, upload);
  const { minChunkBytes } = context;
  const minimum = minChunkBytes === undefined ? {} : { 'oci-chunk-min-length': minChunkBytes };
  return { status: 202, headers: { ...uploadHeaders(name, id, upload), ...minimum } };
};

/** `/v2/<name>/blobs/uploads/<id>`: more bytes, the last bytes, how many there are, or none of it. */
export const handleUpload: Handler = async (context, request, name, id) => {
  const upload = context.uploads.get(id);
  if (upload === undefined) throw new SpecError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  switch (request.method) {
    case 'GET':
      return { status: 204, headers: uploadHeaders(name, id, upload) };
    case 'PATCH':
      await receive(request, upload, name, id);
      return { status: 202, headers: uploadHeaders(name, id, upload) };
    case 'PUT':
      return finish(context, request, name, id, upload);
    case 'DELETE':
      context.uploads.delete(id);
      await upload.discard();
      return { status: 204 };
    default:
      throw new SpecError(405, 'UNSUPPORTED', 'the operation is unsupported');
  }
};

/** Without `from` any repository will do. */
async function mountBlob(
  { catalog, storage }: RegistryContext,
  name: string,
  digest: Digest,
  from: string | null,
): Promise<boolean> {
  const sources = from === null ? catalog.names() : [from];
  const isKnown = sources.some((source) => catalog.find(source)?.blobs.has(digest) === true);
  if (!isKnown || (await storage.size(digest)) === undefined) return false;
  catalog.open(name).blobs.add(digest);
  await catalog.save();
  return true;
}

async function receive(request: RegistryRequest, upload: Upload, name: string, id: string): Promise<void> {
  const start = /^(\d+)-\d+$/.exec(headerText(request, 'content-range') ?? '')?.[1];
  if (start !== undefined && Number(start) !== upload.size) {
    const headers = uploadHeaders(name, id, upload);
    throw new SpecError(416, 'BLOB_UPLOAD_INVALID', 'the chunk is out of order', headers);
  }
  for await (const bytes of request.body) await upload.append(bytes);
}

async function finish(
  context: RegistryContext,
  request: RegistryRequest,
  name: string,
  id: string,
  upload: Upload,
): Promise<Reply> {
  const digest = request.url.searchParams.get('digest');
  if (!isDigest(digest)) throw new SpecError(400, 'DIGEST_INVALID', 'provided digest is not sha256');
  await receive(request, upload, name, id);
  context.uploads.delete(id);
  if (!(await upload.commit(digest))) {
    throw new SpecError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  context.catalog.open(name).blobs.add(digest);
  await context.catalog.save();
  return created(name, digest);
}

function created(name: string, digest: Digest): Reply {
  const headers = { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest, 'content-length': 0 };
  return { status: 201, headers };
}

function uploadHeaders(name: string, id: string, { size }: Upload): Record<string, string> {
  return {
    location: `/v2/${name}/blobs/uploads/${id}`,
    'docker-upload-uuid': id,
    range: `0-${Math.max(0, size - 1)}`,
    'content-length': '0',
  };
}
