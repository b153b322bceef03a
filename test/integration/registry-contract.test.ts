import { parseReference } from '@tsbuild/core';
import { createRegistryClient, type RegistryClientOptions } from '@tsbuild/registry';
import { describe, expect } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { testWith } from '../support/parts.ts';
import { makeCertificates } from '../support/registry/certificates.ts';
import { REGISTRY_USER, startBasicRegistry, startTokenRegistry } from '../support/registry/guarded-registry.ts';
import { type OpenRegistry, repositoryContract } from '../support/registry/repository-contract.ts';
import { blobOf, noise, streamOf } from '../support/registry/sample-image.ts';
import { openTempFolder } from '../support/temp-folder.ts';

interface Connected extends OpenRegistry {
  readonly host: string;
}

function connect(
  registry: DockerRegistry,
  client: RegistryClientOptions = {},
  ...also: readonly AsyncDisposable[]
): Connected {
  const connected = createRegistryClient({ env: {}, ...client });
  return {
    host: registry.host,
    repository: (name) => connected.repository(parseReference(`${registry.host}/${name}`)),
    async [Symbol.asyncDispose]() {
      for (const resource of [connected, registry, ...also]) await resource[Symbol.asyncDispose]();
    },
  };
}

async function openBasic(credentials = REGISTRY_USER): Promise<Connected> {
  return connect(await startBasicRegistry(), { credentials: () => credentials });
}

async function openTls(): Promise<Connected> {
  const folder = await openTempFolder();
  const { ca, certFile, keyFile } = await makeCertificates(folder);
  const registry = await startDockerRegistry({ tls: { certFile, keyFile } });
  return connect(registry, { hosts: { [registry.host]: { ca } } }, folder);
}

async function openToken() {
  const registry = await startTokenRegistry();
  return { ...connect(registry, { credentials: () => REGISTRY_USER }), issued: registry.issued };
}

describe("Debian's docker-registry", () =>
  repositoryContract(testWith('docker-registry'), async () => connect(await startDockerRegistry())));
describe("Debian's docker-registry, uploads in chunks", () =>
  repositoryContract(testWith('docker-registry'), async () =>
    connect(await startDockerRegistry(), { uploadChunkBytes: 1_000_000 }),
  ));
describe("Debian's docker-registry with basic access", () =>
  repositoryContract(testWith('docker-registry'), () => openBasic()));
describe("Debian's docker-registry behind TLS with a private authority", () =>
  repositoryContract(testWith('docker-registry', 'openssl'), openTls));
describe("Debian's docker-registry with token access", () =>
  repositoryContract(testWith('docker-registry', 'openssl'), openToken));

testWith('docker-registry')('a wrong password is told without showing it', async () => {
  await using registry = await openBasic({ username: 'user', password: 'wrong-password' });

  const failure = registry.repository('app').resolve('latest');

  await expect(failure).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_DENIED',
    status: 401,
    hint: expect.stringContaining(`check the credentials for ${registry.host}`),
  });
  await expect(failure).rejects.not.toThrow(/wrong-password/);
});

testWith('docker-registry', 'openssl')('a certificate of an unknown authority is told as such', async () => {
  await using registry = await openTls();
  await using client = createRegistryClient({ env: {}, hosts: { [registry.host]: { plainHttp: false } } });

  await expect(client.repository(parseReference(`${registry.host}/app`)).resolve('latest')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_UNREACHABLE',
    message: `registry ${registry.host} cannot be reached: its certificate is not trusted`,
  });
});

testWith('docker-registry', 'openssl')('one token serves all requests for the same right', async () => {
  await using registry = await openToken();
  const repository = registry.repository('app');

  for (const seed of ['one', 'two', 'three']) {
    const bytes = noise(seed, 1000);
    await repository.push(blobOf(bytes), streamOf(bytes));
    await repository.exists(blobOf(bytes));
  }

  expect(registry.issued).toEqual([['repository:app:pull,push']]);
});
