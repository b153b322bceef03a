import { type Digest, isDigest } from '@tsbuild/core';
import type { Handler } from './context.ts';
import { headerText, type RegistryRequest, type Reply, SpecError } from './message.ts';

/** `/v2/<name>/blobs/<digest>`. */
export const handleBlob: Handler = async ({ storage, catalog }, request, name, rest) => {
  if (!isDigest(rest)) throw new SpecError(400, 'DIGEST_INVALID', 'provided digest is not sha256');
  const repository = catalog.find(name);
  const size = repository?.blobs.has(rest) === true ? await storage.size(rest) : undefined;
  if (repository === undefined || size === undefined)
    throw new SpecError(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  switch (request.method) {
    case 'HEAD':
      return { status: 200, headers: blobHeaders(rest, size) };
    case 'GET':
      return readBlob(request, rest, size, (start, end) => storage.read(rest, start, end));
    case 'DELETE':
      repository.blobs.delete(rest);
      await catalog.save();
      return { status: 202, headers: { 'content-length': 0 } };
    default:
      throw new SpecError(405, 'UNSUPPORTED', 'the operation is unsupported');
  }
};

function blobHeaders(digest: Digest, length: number): Record<string, string | number> {
  return {
    'content-type': 'application/octet-stream',
    'content-length': length,
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
  };
}

function readBlob(
  request: RegistryRequest,
  digest: Digest,
  size: number,
  read: (start: number, end: number) => AsyncIterable<Uint8Array>,
): Reply {
  const range = parseRange(headerText(request, 'range'), size);
  if (range === undefined) return { status: 200, headers: blobHeaders(digest, size), body: read(0, size) };
  const [start, end] = range;
  if (start >= end) {
    throw new SpecError(416, 'RANGE_INVALID', 'range is outside of the blob', { 'content-range': `bytes */${size}` });
  }
  const headers = { ...blobHeaders(digest, end - start), 'content-range': `bytes ${start}-${end - 1}/${size}` };
  return { status: 206, headers, body: read(start, end) };
}

/** One range, `end` not included; undefined when there is none or it is of another form, which means everything. */
function parseRange(header: string | undefined, size: number): [start: number, end: number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return [Math.max(0, size - Number(last)), size];
  return [Number(first), last === '' ? size : Math.min(size, Number(last) + 1)];
}
