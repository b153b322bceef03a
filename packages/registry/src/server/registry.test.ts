import { digestOf, MEDIA_TYPES } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { jsonBytes, sampleImage } from '../../../../test/support/registry/sample-image.ts';
import { openTempFolder } from '../../../../test/support/temp-folder.ts';
import type { TestRegistry } from './options.ts';
import { startRegistry } from './registry.ts';

const BLOB = Buffer.from('hello registry');
const DIGEST = digestOf(BLOB);

async function codeOf(answer: Response): Promise<[number, string]> {
  const body = (await answer.json()) as { errors: { code: string }[] };
  return [answer.status, body.errors[0]?.code ?? ''];
}

const post = (registry: TestRegistry, path: string, body?: Buffer): Promise<Response> =>
  fetch(`${registry.url}${path}`, { method: 'POST', ...(body === undefined ? {} : { body }) });

const put = (registry: TestRegistry, path: string, body: Buffer, type: string): Promise<Response> =>
  fetch(`${registry.url}${path}`, { method: 'PUT', body, headers: { 'content-type': type } });

async function pushBlob(registry: TestRegistry, name: string, bytes: Buffer): Promise<void> {
  const answer = await post(registry, `/v2/${name}/blobs/uploads/?digest=${digestOf(bytes)}`, bytes);
  expect(answer.status).toBe(201);
}

async function pushImage(registry: TestRegistry, name: string, tag: string): Promise<void> {
  const image = sampleImage({ layerSizes: [10], seed: tag });
  for (const blob of [image.config, ...image.layers]) await pushBlob(registry, name, image.bytesOf(blob));
  const bytes = image.bytesOf(image.manifest);
  expect((await put(registry, `/v2/${name}/manifests/${tag}`, bytes, MEDIA_TYPES.ociManifest)).status).toBe(201);
}

test('it says that it speaks the protocol', async () => {
  await using registry = await startRegistry();
  const answer = await fetch(`${registry.url}/v2/`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
});

test('an upload goes through its states', async () => {
  await using registry = await startRegistry();
  const started = await post(registry, '/v2/app/blobs/uploads/');
  const location = `${registry.url}${started.headers.get('location')}`;
  const patch = (range: string, body: Buffer) =>
    fetch(location, { method: 'PATCH', body, headers: { 'content-range': range } });

  expect(started.status).toBe(202);
  expect((await patch('0-4', BLOB.subarray(0, 5))).headers.get('range')).toBe('0-4');
  expect((await fetch(location)).headers.get('range')).toBe('0-4');
  const outOfOrder = await patch('7-8', BLOB.subarray(7, 9));
  expect([outOfOrder.status, outOfOrder.headers.get('range')]).toEqual([416, '0-4']);
  const finished = await fetch(`${location}?digest=${DIGEST}`, { method: 'PUT', body: BLOB.subarray(5) });
  expect([finished.status, finished.headers.get('docker-content-digest')]).toEqual([201, DIGEST]);
  expect(await codeOf(await fetch(location))).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
  expect(await (await fetch(`${registry.url}/v2/app/blobs/${DIGEST}`)).text()).toBe('hello registry');
});

test('an upload can be given up', async () => {
  await using registry = await startRegistry();
  const location = `${registry.url}${(await post(registry, '/v2/app/blobs/uploads/')).headers.get('location')}`;

  expect((await fetch(location, { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(location)).status).toBe(404);
});

test('a blob that is not what its digest says is refused', async () => {
  await using registry = await startRegistry();
  const answer = await post(registry, `/v2/app/blobs/uploads/?digest=${digestOf('other')}`, BLOB);
  expect(await codeOf(answer)).toEqual([400, 'DIGEST_INVALID']);
});

test.each([
  ['bytes=0-4', 206, 'bytes 0-4/14', 'hello'],
  ['bytes=6-', 206, 'bytes 6-13/14', 'registry'],
  ['bytes=-3', 206, 'bytes 11-13/14', 'try'],
  ['bytes=6-1000', 206, 'bytes 6-13/14', 'registry'],
  ['bytes=0-1,3-4', 200, null, 'hello registry'],
  ['nonsense', 200, null, 'hello registry'],
])('range %s is answered with %i', async (range, status, contentRange, text) => {
  await using registry = await startRegistry();
  await pushBlob(registry, 'app', BLOB);

  const answer = await fetch(`${registry.url}/v2/app/blobs/${DIGEST}`, { headers: { range } });

  expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
    status,
    contentRange,
    text,
  ]);
});

test('a range beyond the end is refused', async () => {
  await using registry = await startRegistry();
  await pushBlob(registry, 'app', BLOB);

  const answer = await fetch(`${registry.url}/v2/app/blobs/${DIGEST}`, { headers: { range: 'bytes=14-' } });

  expect(answer.headers.get('content-range')).toBe('bytes */14');
  expect(await codeOf(answer)).toEqual([416, 'RANGE_INVALID']);
});

test.each([
  ['/v2/app/manifests/none', 'NAME_UNKNOWN'],
  [`/v2/app/blobs/${DIGEST}`, 'BLOB_UNKNOWN'],
  ['/v2/app/tags/list', 'NAME_UNKNOWN'],
  ['/v2/UPPER/tags/list', 'NAME_INVALID'],
  ['/v2/a/../b/tags/list', 'NAME_UNKNOWN'],
  ['/elsewhere', 'NAME_INVALID'],
])('GET %s is 404 %s', async (path, code) => {
  await using registry = await startRegistry();
  expect(await codeOf(await fetch(`${registry.url}${path}`))).toEqual([404, code]);
});

test('a manifest is refused while something that it names is missing', async () => {
  await using registry = await startRegistry();
  const image = sampleImage();
  const bytes = image.bytesOf(image.manifest);
  expect(await codeOf(await put(registry, '/v2/app/manifests/v1', bytes, MEDIA_TYPES.ociManifest))).toEqual([
    404,
    'MANIFEST_BLOB_UNKNOWN',
  ]);
});

test.each([
  ['not JSON', Buffer.from('{'), 400, 'MANIFEST_INVALID'],
  [
    'of another type than it says',
    jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [] }),
    400,
    'MANIFEST_INVALID',
  ],
  ['larger than 4 MiB', Buffer.alloc(4 * 1024 * 1024 + 1, ' '), 413, 'SIZE_INVALID'],
] as const)('a manifest %s is refused', async (_, bytes, status, code) => {
  await using registry = await startRegistry();
  const answer = await put(registry, '/v2/app/manifests/v1', bytes, MEDIA_TYPES.ociManifest);
  expect(await codeOf(answer)).toEqual([status, code]);
});

test('tags come in pages', async () => {
  await using registry = await startRegistry();
  for (const tag of ['b', 'a', 'd', 'c']) await pushImage(registry, 'app', tag);

  const first = await fetch(`${registry.url}/v2/app/tags/list?n=3`);

  expect(await first.json()).toEqual({ name: 'app', tags: ['a', 'b', 'c'] });
  expect(first.headers.get('link')).toBe('</v2/app/tags/list?n=3&last=c>; rel="next"');
  const last = await fetch(`${registry.url}/v2/app/tags/list?n=3&last=c`);
  expect([await last.json(), last.headers.get('link')]).toEqual([{ name: 'app', tags: ['d'] }, null]);
});

test('repositories are listed', async () => {
  await using registry = await startRegistry();
  await pushBlob(registry, 'team/b', BLOB);
  await pushBlob(registry, 'team/a', BLOB);

  expect(await (await fetch(`${registry.url}/v2/_catalog`)).json()).toEqual({ repositories: ['team/a', 'team/b'] });
});

test('a folder keeps content for the next server', async () => {
  await using folder = await openTempFolder();
  const first = await startRegistry({ storage: folder.path });
  await pushImage(first, 'app', 'v1');
  await first.close();

  await using second = await startRegistry({ storage: folder.path });

  expect((await fetch(`${second.url}/v2/app/manifests/v1`)).status).toBe(200);
  expect(await (await fetch(`${second.url}/v2/app/tags/list`)).json()).toEqual({ name: 'app', tags: ['v1'] });
});

test('requests are logged in the order of their answers', async () => {
  await using registry = await startRegistry({
    onRequest: ({ ordinal }) => (ordinal === 2 ? { kind: 'answer', status: 503 } : undefined),
  });

  await fetch(`${registry.url}/v2/`);
  await fetch(`${registry.url}/v2/?again`);

  expect(registry.requests).toEqual([
    { method: 'GET', path: '/v2/', status: 200 },
    { method: 'GET', path: '/v2/?again', status: 503 },
  ]);
});

test('a token is for what it was asked for, and can be neither changed nor kept', async () => {
  await using registry = await startRegistry({ auth: { type: 'bearer', tokenLifetimeSeconds: 0.2 } });
  const ask = async (scope: string): Promise<string> => {
    const answer = (await (await fetch(`${registry.url}/token?scope=${scope}`)).json()) as { token: string };
    return answer.token;
  };
  const read = async (token: string): Promise<number> =>
    (await fetch(`${registry.url}/v2/app/tags/list`, { headers: { authorization: `Bearer ${token}` } })).status;

  const token = await ask('repository:app:pull');
  expect(await read(token)).toBe(404);
  expect(await read(await ask('repository:other:pull'))).toBe(401);
  expect(await read(`x${token}`)).toBe(401);
  expect(await read('nonsense')).toBe(401);
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await read(token)).toBe(401);
});
