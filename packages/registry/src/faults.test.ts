import { DigestMismatchError, NotFoundError, parseReference, RegistryError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { blobOf, bytesFrom, noise, sampleImage, streamOf } from '../../../test/support/registry/sample-image.ts';
import { createRegistryClient } from './client.ts';
import { copyImage } from './copy-image.ts';
import type { RegistryClientOptions } from './options.ts';
import type { RemoteRepository } from './repository/remote-repository.ts';
import type { Fault, IncomingRequest, TestRegistry } from './server/options.ts';
import { startRegistry } from './server/registry.ts';

const MEGABYTE = 1024 * 1024;

interface Faulty extends AsyncDisposable {
  readonly registry: TestRegistry;
  readonly repository: RemoteRepository;
  /** From now on, the fault for the n-th request (from 1) that `matches`. */
  fail(matches: (request: IncomingRequest) => boolean, fault: (n: number) => Fault | undefined): void;
  /** Methods and statuses of the requests since `fail`. */
  log(): string[];
}

async function openFaulty(options: RegistryClientOptions = {}): Promise<Faulty> {
  let respond = (_: IncomingRequest): Fault | undefined => undefined;
  const registry = await startRegistry({ onRequest: (request) => respond(request) });
  const client = createRegistryClient({ env: {}, retry: { attempts: 4, baseDelay: 1 }, ...options });
  return {
    registry,
    repository: client.repository(parseReference(`${registry.host}/app`)),
    fail(matches, fault) {
      let count = 0;
      registry.requests.length = 0;
      respond = (request) => (matches(request) ? fault(++count) : undefined);
    },
    log: () => registry.requests.map(({ method, status }) => `${method} ${status}`),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

const firstTime =
  (fault: Fault) =>
  (n: number): Fault | undefined =>
    n === 1 ? fault : undefined;

test('a read is tried again after answers that may pass', async () => {
  await using faulty = await openFaulty();
  const image = sampleImage();
  await copyImage(image, faulty.repository, image.manifest, { tags: ['v1'] });
  const faults: Fault[] = [
    { kind: 'answer', status: 503 },
    { kind: 'reset' },
    { kind: 'answer', status: 429, headers: { 'retry-after': '0' } },
  ];
  faulty.fail(
    () => true,
    (n) => faults[n - 1],
  );

  expect(await faulty.repository.resolve('v1')).toEqual(image.manifest);

  expect(faulty.log()).toEqual(['HEAD 503', 'HEAD 0', 'HEAD 429', 'HEAD 200']);
});

test.each([400, 401, 403, 404, 405, 413, 501])('status %i is not tried again', async (status) => {
  await using faulty = await openFaulty();
  faulty.fail(
    () => true,
    () => ({ kind: 'answer', status }),
  );

  await expect(faulty.repository.resolve('v1')).rejects.toThrow();

  expect(faulty.log()).toEqual([`HEAD ${status}`]);
});

test('tries end, with the last answer as the error', async () => {
  await using faulty = await openFaulty();
  const body = JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'slow\u001b[31m down' }] });
  faulty.fail(
    () => true,
    () => ({ kind: 'answer', status: 429, headers: { 'retry-after': '0' }, body }),
  );

  const failure = await faulty.repository.fetch(blobOf(noise('x', 1))).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(RegistryError);
  expect(failure).toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY',
    status: 429,
    method: 'GET',
    isTemporary: true,
    errors: [{ code: 'TOOMANYREQUESTS', message: 'slow [31m down' }],
    hint: expect.stringContaining('too many requests'),
  });
  expect(faulty.log()).toEqual(['GET 429', 'GET 429', 'GET 429', 'GET 429']);
});

test('a registry that asks to wait too long is not waited for', async () => {
  await using faulty = await openFaulty();
  faulty.fail(
    () => true,
    () => ({ kind: 'answer', status: 429, headers: { 'retry-after': '3600' } }),
  );

  await expect(faulty.repository.resolve('v1')).rejects.toMatchObject({ status: 429 });

  expect(faulty.log()).toEqual(['HEAD 429']);
});

test('a download goes on where it was cut', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('cut', 3 * MEGABYTE);
  const ranges: unknown[] = [];
  await faulty.repository.push(blobOf(bytes), streamOf(bytes));
  faulty.fail(
    ({ headers }) => ranges.push(headers.range) > 0,
    (n) => (n < 3 ? { kind: 'cut', afterBytes: MEGABYTE } : undefined),
  );

  expect((await bytesFrom(await faulty.repository.fetch(blobOf(bytes)))).equals(bytes)).toBe(true);

  expect(faulty.log()).toEqual(['GET 200', 'GET 206', 'GET 206']);
  expect(ranges).toEqual([undefined, `bytes=${MEGABYTE}-`, `bytes=${2 * MEGABYTE}-`]);
});

test('a registry without ranges sends everything again, and what was had is skipped', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('no ranges', 3 * MEGABYTE);
  await faulty.repository.push(blobOf(bytes), streamOf(bytes));
  faulty.fail(
    () => true,
    (n) => (n === 1 ? { kind: 'cut', afterBytes: MEGABYTE + 1 } : { kind: 'answer', status: 200, body: bytes }),
  );

  expect((await bytesFrom(await faulty.repository.fetch(blobOf(bytes)))).equals(bytes)).toBe(true);
});

test('a download that stalls is cut by the idle time-out and goes on', async () => {
  await using faulty = await openFaulty({ timeouts: { bodyIdle: 50 } });
  const bytes = noise('stall', 2 * MEGABYTE);
  await faulty.repository.push(blobOf(bytes), streamOf(bytes));
  faulty.fail(() => true, firstTime({ kind: 'stall-body', afterBytes: MEGABYTE }));

  expect((await bytesFrom(await faulty.repository.fetch(blobOf(bytes)))).equals(bytes)).toBe(true);
  expect(faulty.log()).toEqual(['GET 200', 'GET 206']);
});

test('a download that never gets anywhere ends', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('hopeless', 2 * MEGABYTE);
  await faulty.repository.push(blobOf(bytes), streamOf(bytes));
  faulty.fail(
    () => true,
    () => ({ kind: 'cut', afterBytes: 10 }),
  );

  await expect(bytesFrom(await faulty.repository.fetch(blobOf(bytes)))).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_UNREACHABLE',
    isTemporary: true,
  });
  expect(faulty.log()).toHaveLength(4);
});

test('a changed byte is found, before the last chunk is given out', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('corrupt', MEGABYTE);
  await faulty.repository.push(blobOf(bytes), streamOf(bytes));
  faulty.fail(
    () => true,
    () => ({ kind: 'corrupt', atByte: 1000 }),
  );
  let received = 0;

  const read = async (): Promise<void> => {
    for await (const chunk of await faulty.repository.fetch(blobOf(bytes))) received += chunk.byteLength;
  };

  await expect(read()).rejects.toBeInstanceOf(DigestMismatchError);
  expect(received).toBeLessThan(bytes.length);
});

test('an upload goes on where it was cut', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('upload', 4 * MEGABYTE);
  faulty.fail(({ method }) => method === 'PUT', firstTime({ kind: 'cut-request', afterBytes: 2 * MEGABYTE }));

  await faulty.repository.push(blobOf(bytes), streamOf(bytes));

  expect(faulty.log()).toEqual(['POST 202', 'PUT 0', 'GET 204', 'PUT 201']);
  expect((await bytesFrom(await faulty.repository.fetch(blobOf(bytes)))).equals(bytes)).toBe(true);
});

test('an upload in chunks goes on where it was cut', async () => {
  await using faulty = await openFaulty({ uploadChunkBytes: MEGABYTE });
  const bytes = noise('chunks', 3 * MEGABYTE + 2000);
  const second = ({ method }: IncomingRequest): boolean => method === 'PATCH';
  faulty.fail(second, (n) => (n === 2 ? { kind: 'cut-request', afterBytes: 1000 } : undefined));

  await faulty.repository.push(blobOf(bytes), streamOf(bytes));

  expect(faulty.log()).toEqual(['POST 202', 'PATCH 202', 'PATCH 0', 'GET 204', 'PATCH 202', 'PATCH 202', 'PUT 201']);
  expect((await bytesFrom(await faulty.repository.fetch(blobOf(bytes)))).equals(bytes)).toBe(true);
});

test('an upload whose last answer was lost is complete', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('lost answer', 1000);
  await faulty.repository.push(blobOf(bytes), streamOf(bytes));
  const isPut = ({ method }: IncomingRequest): boolean => method === 'PUT';
  faulty.fail(
    ({ method, path }) => isPut({ method, path, headers: {}, ordinal: 0 }) || path.includes('/uploads/'),
    (n) => (n === 2 ? { kind: 'reset' } : n === 3 ? { kind: 'answer', status: 404 } : undefined),
  );

  await faulty.repository.push(blobOf(bytes), streamOf(bytes));

  expect(faulty.log()).toEqual(['POST 202', 'PUT 0', 'GET 404', 'HEAD 200']);
});

test('an upload that the registry forgot starts anew', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('forgotten', MEGABYTE);
  faulty.fail(
    ({ path }) => path.includes('/uploads/'),
    (n) => (n === 2 ? { kind: 'cut-request', afterBytes: 100 } : n === 3 ? { kind: 'answer', status: 404 } : undefined),
  );

  await faulty.repository.push(blobOf(bytes), streamOf(bytes));

  expect(faulty.log()).toEqual(['POST 202', 'PUT 0', 'GET 404', 'HEAD 404', 'POST 202', 'PUT 201']);
});

test('a refusal that comes before the upload has ended is told', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('refused', 20 * MEGABYTE);
  const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'quota exceeded' }] });
  faulty.fail(
    ({ method }) => method === 'PUT',
    () => ({ kind: 'answer', status: 413, body }),
  );

  await expect(faulty.repository.push(blobOf(bytes), streamOf(bytes))).rejects.toMatchObject({
    status: 413,
    errors: [{ code: 'DENIED', message: 'quota exceeded' }],
  });
});

test('what an upload can no longer rewind is copied again from its source', async () => {
  await using faulty = await openFaulty();
  const image = sampleImage({ layerSizes: [20 * MEGABYTE] });
  faulty.fail(
    ({ method, path }) => method === 'PUT' && path.includes('/uploads/'),
    (n) => (n === 2 ? { kind: 'cut-request', afterBytes: 0 } : undefined),
  );

  await copyImage(image, faulty.repository, image.manifest, { tags: ['v1'], concurrency: 1 });

  expect(await faulty.repository.resolve('v1')).toEqual(image.manifest);
});

test('a signal ends a transfer at once, with its reason', async () => {
  await using faulty = await openFaulty();
  const bytes = noise('abort', MEGABYTE);
  await faulty.repository.push(blobOf(bytes), streamOf(bytes));
  const controller = new AbortController();
  faulty.fail(
    () => true,
    () => ({ kind: 'stall-body', afterBytes: 1000 }),
  );
  const stream = await faulty.repository.fetch(blobOf(bytes), { signal: controller.signal });
  const read = bytesFrom(stream);

  controller.abort(new Error('changed my mind'));

  await expect(read).rejects.toThrow('changed my mind');
});

test('a signal ends the wait between tries', async () => {
  await using faulty = await openFaulty({ retry: { attempts: 5, baseDelay: 60_000, maxDelay: 60_000 } });
  faulty.fail(
    () => true,
    () => ({ kind: 'answer', status: 503 }),
  );

  const resolving = faulty.repository.resolve('v1', { signal: AbortSignal.timeout(50) });

  await expect(resolving).rejects.toThrow(/timeout/);
});

test('a registry that never answers is given up', async () => {
  await using faulty = await openFaulty({ timeouts: { headers: 20 }, retry: { attempts: 2, baseDelay: 1 } });
  faulty.fail(
    () => true,
    () => ({ kind: 'stall' }),
  );

  await expect(faulty.repository.resolve('v1')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_UNREACHABLE',
    message: `registry ${faulty.registry.host} cannot be reached: no answer in time`,
  });
});

test('a push of one changed layer sends that layer, the config and the manifest', async () => {
  await using faulty = await openFaulty();
  const [before, after] = [sampleImage({ layerSizes: [10, 20, 30] }), sampleImage({ layerSizes: [10, 20, 31] })];
  await copyImage(before, faulty.repository, before.manifest, { tags: ['v1'] });
  faulty.registry.requests.length = 0;

  await copyImage(after, faulty.repository, after.manifest, { tags: ['v1'] });

  const writes = faulty.registry.requests.filter(({ method }) => method !== 'HEAD');
  expect(writes.map(({ method, path }) => `${method} ${path.replace(/uploads\/.*/, 'uploads')}`).sort()).toEqual([
    'POST /v2/app/blobs/uploads',
    'POST /v2/app/blobs/uploads',
    'PUT /v2/app/blobs/uploads',
    'PUT /v2/app/blobs/uploads',
    'PUT /v2/app/manifests/v1',
  ]);
});

test('an unchanged image is looked at and not written', async () => {
  await using faulty = await openFaulty();
  const image = sampleImage();
  await copyImage(image, faulty.repository, image.manifest, { tags: ['v1'] });
  faulty.registry.requests.length = 0;

  await copyImage(image, faulty.repository, image.manifest, { tags: ['v1'] });

  expect(faulty.log()).toEqual(['HEAD 200', 'HEAD 200', 'HEAD 200', 'HEAD 200']);
});

test('a missing blob of the source is an error that names it, and no tag is given', async () => {
  await using faulty = await openFaulty();
  const image = sampleImage();
  const source = {
    ...image,
    fetch: async (target: typeof image.config) => {
      if (target.digest === image.config.digest) throw new NotFoundError(`${target.digest} is gone`);
      return image.fetch(target);
    },
  };

  await expect(copyImage(source, faulty.repository, image.manifest, { tags: ['v1'] })).rejects.toThrow(/is gone/);

  await expect(faulty.repository.resolve('v1')).rejects.toBeInstanceOf(NotFoundError);
});
