import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  DigestMismatchError,
  digestOf,
  MAX_MANIFEST_BYTES,
  MEDIA_TYPES,
  parseReference,
  SizeMismatchError,
} from '@tsbuild/core';
import { expect, test } from 'vitest';
import { blobOf, bytesFrom, jsonBytes, noise, sampleImage } from '../../../test/support/registry/sample-image.ts';
import { createRegistryClient } from './client.ts';
import type { CredentialSource } from './credentials/credentials.ts';
import type { RemoteRepository } from './repository/remote-repository.ts';
import type { Fault } from './server/options.ts';
import { startRegistry } from './server/registry.ts';

interface Liar extends AsyncDisposable {
  readonly repository: RemoteRepository;
  readonly host: string;
  readonly requests: readonly { readonly method: string; readonly path: string }[];
}

/** A registry that gives `answer` to everything. */
async function openLiar(
  answer: Extract<Fault, { kind: 'answer' }>,
  credentials: CredentialSource = () => undefined,
): Promise<Liar> {
  const registry = await startRegistry({ onRequest: () => answer });
  const client = createRegistryClient({ env: {}, credentials, retry: { attempts: 2, baseDelay: 1 } });
  return {
    repository: client.repository(parseReference(`${registry.host}/app`)),
    host: registry.host,
    requests: registry.requests,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

async function listen(listener: RequestListener): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function* forever(): AsyncGenerator<Uint8Array> {
  for (const bytes = Buffer.alloc(64 * 1024, 'x'); ; ) yield bytes;
}

const BLOB = blobOf(noise('blob', 100_000));

test('a body that never ends is read to the declared size and no further', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 200, body: forever() });
  let received = 0;

  const read = async (): Promise<void> => {
    for await (const bytes of await liar.repository.fetch(BLOB)) received += bytes.byteLength;
  };

  await expect(read()).rejects.toBeInstanceOf(SizeMismatchError);
  expect(received).toBeLessThanOrEqual(BLOB.size);
});

test('a declared length that is not the size is refused before a byte is read', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 200, headers: { 'content-length': '3' }, body: 'abc' });

  await expect(liar.repository.fetch(BLOB)).rejects.toBeInstanceOf(SizeMismatchError);
});

test('other bytes of the right size are refused', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 200, body: noise('other', BLOB.size) });

  await expect(bytesFrom(await liar.repository.fetch(BLOB))).rejects.toBeInstanceOf(DigestMismatchError);
});

test('a body that ends early is refused', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 200, body: noise('blob', 100) });

  await expect(bytesFrom(await liar.repository.fetch(BLOB))).rejects.toBeInstanceOf(SizeMismatchError);
});

test('a manifest that never ends is not collected', async () => {
  await using liar = await openLiar({
    kind: 'answer',
    status: 200,
    headers: { 'content-type': MEDIA_TYPES.ociManifest },
    body: forever(),
  });

  await expect(liar.repository.resolve('latest')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_TOO_LARGE',
    message: `image ${liar.host}/app:latest is larger than the limit of ${MAX_MANIFEST_BYTES} bytes`,
  });
});

test('a manifest whose descriptor says that it is huge is not asked for', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 200 });
  const huge = { ...sampleImage().manifest, size: MAX_MANIFEST_BYTES + 1 };

  await expect(liar.repository.fetch(huge)).rejects.toMatchObject({ code: 'ERR_TSBUILD_TOO_LARGE' });
  expect(liar.requests).toEqual([]);
});

test('a digest resolves to itself or not at all', async () => {
  const headers = {
    'docker-content-digest': digestOf('other'),
    'content-type': MEDIA_TYPES.ociManifest,
    'content-length': '10',
  };
  await using liar = await openLiar({ kind: 'answer', status: 200, headers });

  await expect(liar.repository.resolve(digestOf('wanted'))).rejects.toBeInstanceOf(DigestMismatchError);
});

test('a manifest of an unknown type is refused by name', async () => {
  const headers = { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' };
  await using liar = await openLiar({ kind: 'answer', status: 200, headers, body: '{}' });

  await expect(liar.repository.resolve('latest')).rejects.toMatchObject({ code: 'ERR_TSBUILD_INVALID_MANIFEST' });
});

test('a list of tags that goes round in a circle is given up', async () => {
  const headers = { link: '</v2/app/tags/list?last=x>; rel="next"' };
  await using liar = await openLiar({ kind: 'answer', status: 200, headers, body: '{"tags":["a"]}' });

  const list = async (): Promise<void> => {
    for await (const tag of liar.repository.tags()) expect(tag).toBe('a');
  };

  await expect(list()).rejects.toThrow(/does not end/);
});

test('a list that is not JSON is refused', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 200, body: '<html>' });

  await expect(liar.repository.tags()[Symbol.asyncIterator]().next()).rejects.toThrow(/without JSON/);
});

test('an error that is not JSON, or endless, is told by its status', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 400, body: forever() });

  await expect(liar.repository.fetch(BLOB)).rejects.toMatchObject({ status: 400, errors: [] });
});

test('deeply nested JSON is an error like any other', async () => {
  const bomb = Buffer.from('['.repeat(2_000_000));
  await using liar = await openLiar({ kind: 'answer', status: 200, body: bomb });

  await expect(liar.repository.tags()[Symbol.asyncIterator]().next()).rejects.toThrow(/without JSON/);
});

test('a secret that the registry repeats is taken out of its error', async () => {
  const secret = 'hunter2-hunter2';
  const body = jsonBytes({ errors: [{ code: 'DENIED', message: `no such password: ${secret}` }] });
  await using liar = await openLiar(
    { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body },
    () => ({ username: 'user', password: secret }),
  );

  const error = await liar.repository.resolve('latest').catch((failure: unknown) => failure);

  expect(error).toMatchObject({ code: 'ERR_TSBUILD_REGISTRY_DENIED' });
  expect(JSON.stringify(error) + String(error)).not.toContain(secret);
});

test.each([
  [
    'http://169.254.169.254/latest/meta-data',
    'it points to a link-local address: http://169.254.169.254/latest/meta-data',
  ],
  ['http://[fe80::1]/', 'it points to a link-local address: http://[fe80::1]/'],
  ['ftp://127.0.0.1/', 'it points to something that is not an HTTP address'],
  ['file:///etc/passwd', 'it points to something that is not an HTTP address'],
])('a redirect to %s is refused', async (location, problem) => {
  await using liar = await openLiar({ kind: 'answer', status: 307, headers: { location } });

  await expect(liar.repository.fetch(BLOB)).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY',
    message: `registry ${liar.host} is not followed: ${problem}`,
  });
});

test('redirects end', async () => {
  await using liar = await openLiar({ kind: 'answer', status: 302, headers: { location: '/again' } });

  await expect(liar.repository.fetch(BLOB)).rejects.toThrow(/redirects more than 5 times/);
});

test('credentials stay with the host they are for', async () => {
  const bytes = noise('blob', 100_000);
  const seen: (string | undefined)[] = [];
  await using storage = await listen((request, response) => {
    seen.push(request.headers.authorization);
    response.end(bytes);
  });
  const user = { username: 'user', password: 'secret-word' };
  await using registry = await startRegistry({
    auth: { type: 'basic', ...user },
    onRequest: ({ headers, path }) =>
      headers.authorization === undefined
        ? undefined
        : { kind: 'answer', status: 307, headers: { location: `http://127.0.0.1:${storage.port}${path}` } },
  });
  await using client = createRegistryClient({ env: {}, credentials: () => user });
  const repository = client.repository(parseReference(`${registry.host}/app`));

  expect(await bytesFrom(await repository.fetch(BLOB))).toHaveLength(bytes.length);

  expect(seen).toEqual([undefined]);
  expect(registry.requests.map(({ status }) => status)).toEqual([401, 307]);
});

test('credentials are not given to a token server on a link-local address', async () => {
  const asked: string[] = [];
  await using liar = await openLiar(
    { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Bearer realm="http://169.254.169.254/token"' } },
    ({ registry }) => {
      asked.push(registry);
      return { username: 'user', password: 'secret-word' };
    },
  );

  await expect(liar.repository.resolve('latest')).rejects.toThrow(/link-local address/);
  expect(asked).toEqual([]);
});
