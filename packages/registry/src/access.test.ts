import { formatReference, parseReference } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { blobOf, bytesFrom, noise, sampleImage, streamOf } from '../../../test/support/registry/sample-image.ts';
import { createRegistryClient } from './client.ts';
import { copyImage } from './copy-image.ts';
import type { CredentialRequest } from './credentials/credentials.ts';
import type { TestRegistry } from './server/options.ts';
import { startRegistry } from './server/registry.ts';

const USER = { username: 'user', password: 'secret-word' };

const tokensOf = ({ requests }: TestRegistry): number =>
  requests.filter(({ path }) => path.startsWith('/token')).length;

test('the callback is asked for the repository and what is done to it', async () => {
  await using registry = await startRegistry({ auth: { type: 'basic', ...USER } });
  const asked: Omit<CredentialRequest, 'signal'>[] = [];
  await using client = createRegistryClient({
    env: {},
    credentials: ({ signal: _, ...request }) => {
      asked.push(request);
      return USER;
    },
  });
  const image = sampleImage();
  const repository = client.repository(parseReference(`${registry.host}/team/app`));

  await copyImage(image, repository, image.manifest, { concurrency: 1 });
  await repository.delete(image.manifest);

  expect(asked).toEqual([
    { registry: registry.host, repository: 'team/app', actions: ['pull'] },
    { registry: registry.host, repository: 'team/app', actions: ['push'] },
    { registry: registry.host, repository: 'team/app', actions: ['delete'] },
  ]);
});

test('requests at the same time share one token', async () => {
  await using registry = await startRegistry({ auth: { type: 'bearer', ...USER } });
  await using client = createRegistryClient({ env: {}, credentials: () => USER });
  const repository = client.repository(parseReference(`${registry.host}/app`));

  await Promise.all(Array.from({ length: 8 }, (_, index) => repository.exists(blobOf(noise(`${index}`, 10)))));

  expect(tokensOf(registry)).toBe(1);
});

test('a request that is given up takes the token of no other with it', async () => {
  await using registry = await startRegistry({
    auth: { type: 'bearer', ...USER },
    onRequest: ({ path }) => (path.startsWith('/token') ? { kind: 'delay', milliseconds: 50 } : undefined),
  });
  await using client = createRegistryClient({ env: {}, credentials: () => USER });
  const repository = client.repository(parseReference(`${registry.host}/app`));
  const controller = new AbortController();
  const given = repository.exists(blobOf(noise('a', 10)), { signal: controller.signal });
  const kept = repository.exists(blobOf(noise('b', 10)));
  setTimeout(() => controller.abort(new Error('given up')), 25);

  await expect(given).rejects.toThrow('given up');
  expect(await kept).toBe(false);
});

test('an expired token is renewed before it is used', async () => {
  await using registry = await startRegistry({ auth: { type: 'bearer', ...USER, tokenLifetimeSeconds: 1 } });
  await using client = createRegistryClient({ env: {}, credentials: () => USER });
  const repository = client.repository(parseReference(`${registry.host}/app`));

  await repository.exists(blobOf(noise('a', 10)));
  await repository.exists(blobOf(noise('b', 10)));

  expect(registry.requests.map(({ status }) => status)).toEqual([401, 200, 404, 200, 404]);
});

test('a token that is refused is replaced, once', async () => {
  let refuse = false;
  await using registry = await startRegistry({
    auth: { type: 'bearer', ...USER },
    onRequest({ path }) {
      if (!refuse || path.startsWith('/token')) return undefined;
      refuse = false;
      const challenge = `Bearer realm="${registry.url}/token",service="x"`;
      return { kind: 'answer', status: 401, headers: { 'www-authenticate': challenge } };
    },
  });
  await using client = createRegistryClient({ env: {}, credentials: () => USER });
  const repository = client.repository(parseReference(`${registry.host}/app`));
  await repository.exists(blobOf(noise('a', 10)));
  refuse = true;

  expect(await repository.exists(blobOf(noise('b', 10)))).toBe(false);

  expect(tokensOf(registry)).toBe(2);
});

test('a token that runs out during an upload does not end it', async () => {
  let refuse = true;
  await using registry = await startRegistry({
    auth: { type: 'bearer', ...USER },
    onRequest({ method }) {
      if (!refuse || method !== 'PUT') return undefined;
      refuse = false;
      const challenge = `Bearer realm="${registry.url}/token",service="x",scope="repository:app:pull,push"`;
      return { kind: 'answer', status: 401, headers: { 'www-authenticate': challenge } };
    },
  });
  await using client = createRegistryClient({ env: {}, credentials: () => USER, retry: { baseDelay: 1 } });
  const repository = client.repository(parseReference(`${registry.host}/app`));
  const bytes = noise('upload', 500_000);

  await repository.push(blobOf(bytes), streamOf(bytes));

  expect(await bytesFrom(await repository.fetch(blobOf(bytes)))).toHaveLength(bytes.length);
});

test('a mount asks for the right to read where the blob comes from', async () => {
  await using registry = await startRegistry({ auth: { type: 'bearer', ...USER } });
  await using client = createRegistryClient({ env: {}, credentials: () => USER });
  const bytes = noise('blob', 100);
  await client.repository(parseReference(`${registry.host}/from`)).push(blobOf(bytes), streamOf(bytes));

  const mounted = await client.repository(parseReference(`${registry.host}/to`)).mount(blobOf(bytes), 'from');

  expect(mounted).toBe(true);
  expect(registry.requests.filter(({ path }) => path.startsWith('/token')).at(-1)?.path).toContain(
    'scope=repository%3Afrom%3Apull&scope=repository%3Ato%3Apull%2Cpush',
  );
});

test.each(['basic', 'bearer'] as const)('%s access without credentials says what to do', async (type) => {
  await using registry = await startRegistry({ auth: { type, ...USER } });
  await using client = createRegistryClient({ env: {}, credentials: () => undefined });
  const reference = parseReference(`${registry.host}/app`);

  await expect(client.repository(reference).resolve(formatReference(reference))).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_DENIED',
    status: 401,
    hint: expect.stringContaining(`check the credentials for ${registry.host}`),
  });
});

test('a mirror is asked first, and the registry when the mirror does not have it', async () => {
  await using registry = await startRegistry();
  await using mirror = await startRegistry();
  const [here, there] = [sampleImage({ seed: 'here' }), sampleImage({ seed: 'there' })];
  await using writer = createRegistryClient({ env: {} });
  const place = (host: string) => writer.repository(parseReference(`${host}/app`));
  await copyImage(here, place(mirror.host), here.manifest, { tags: ['here'] });
  await copyImage(there, place(registry.host), there.manifest, { tags: ['there'] });
  registry.requests.length = 0;
  await using client = createRegistryClient({ env: {}, hosts: { [registry.host]: { mirrors: [mirror.host] } } });
  const repository = client.repository(parseReference(`${registry.host}/app`));

  expect(await repository.resolve('here')).toEqual(here.manifest);
  expect(registry.requests).toEqual([]);
  expect(await repository.resolve('there')).toEqual(there.manifest);
  await mirror.close();
  expect(await repository.resolve('there')).toEqual(there.manifest);
  await repository.tag(there.manifest, 'more');
  expect(registry.requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'GET', 'PUT']);
});
