import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseReference } from '@tsbuild/core';
import { createRegistryClient, type RegistryClientOptions } from '@tsbuild/registry';
import { describe, expect } from 'vitest';
import { type DockerRegistryOptions, startDockerRegistry } from '../support/docker-registry.ts';
import { testWith } from '../support/parts.ts';
import { makeCertificates } from '../support/registry/certificates.ts';
import { type OpenRegistry, repositoryContract } from '../support/registry/repository-contract.ts';
import { blobOf, noise, streamOf } from '../support/registry/sample-image.ts';
import { startTokenServer } from '../support/registry/token-server.ts';
import { openTempFolder } from '../support/temp-folder.ts';

const USER = { username: 'user', password: 'secret-word' };
/** bcrypt of the password, as `htpasswd -B` writes it. */
const HTPASSWD = 'user:$2b$04$dXKV2YehC5L/zifnjacHc.BCSa2O4Vxc8VPV2feEk60qjk8bEPYkS\n';

interface Connected extends OpenRegistry {
  readonly host: string;
}

async function connect(
  server: DockerRegistryOptions,
  client: (host: string) => RegistryClientOptions,
  ...also: readonly AsyncDisposable[]
): Promise<Connected> {
  const registry = await startDockerRegistry(server);
  const connected = createRegistryClient({ env: {}, ...client(registry.host) });
  return {
    host: registry.host,
    repository: (name) => connected.repository(parseReference(`${registry.host}/${name}`)),
    async [Symbol.asyncDispose]() {
      await connected[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      for (const resource of also) await resource[Symbol.asyncDispose]();
    },
  };
}

async function openBasic(credentials = USER): Promise<Connected> {
  const folder = await openTempFolder();
  await writeFile(folder.file('htpasswd'), HTPASSWD);
  const auth = `{ htpasswd: { realm: test, path: ${folder.file('htpasswd')} } }`;
  return connect({ auth }, () => ({ credentials: () => credentials }), folder);
}

async function openTls(): Promise<Connected> {
  const folder = await openTempFolder();
  const { ca, certFile, keyFile } = await makeCertificates(folder);
  return connect({ tls: { certFile, keyFile } }, (host) => ({ hosts: { [host]: { ca } } }), folder);
}

async function openToken() {
  const folder = await openTempFolder();
  const { ca, caFile, cert, key } = await makeCertificates(folder);
  expect(ca).toContain('BEGIN CERTIFICATE');
  const [issuer, service] = ['test issuer', 'test registry'];
  const tokens = await startTokenServer({ issuer, service, certificate: new X509Certificate(cert), key, ...USER });
  const auth = `{ token: { realm: '${tokens.realm}', service: ${service}, issuer: ${issuer}, rootcertbundle: ${caFile} } }`;
  const registry = await connect({ auth }, () => ({ credentials: () => USER }), tokens, folder);
  return { ...registry, issued: tokens.issued, [Symbol.asyncDispose]: registry[Symbol.asyncDispose] };
}

describe("Debian's docker-registry", () =>
  repositoryContract(testWith('docker-registry'), () => connect({}, () => ({}))));
describe("Debian's docker-registry, uploads in chunks", () =>
  repositoryContract(testWith('docker-registry'), () => connect({}, () => ({ uploadChunkBytes: 1_000_000 }))));
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
