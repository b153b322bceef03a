import { parseReference } from '@tsbuild/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasPart, testWith } from '../../../test/support/parts.ts';
import { type Certificates, makeCertificates } from '../../../test/support/registry/certificates.ts';
import { blobOf, noise } from '../../../test/support/registry/sample-image.ts';
import { openTempFolder, type TempFolder } from '../../../test/support/temp-folder.ts';
import { createRegistryClient } from './client.ts';
import type { HostOptions, RegistryClientOptions } from './options.ts';
import { startRegistry } from './server/registry.ts';

const NO_RETRY = { attempts: 1 };
let folder: TempFolder;
let certificates: Certificates;

beforeAll(async () => {
  folder = await openTempFolder();
  if (hasPart('openssl')) certificates = await makeCertificates(folder);
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Asks a registry behind TLS for a blob that it does not have. */
async function askTls(host: HostOptions, options: RegistryClientOptions = {}): Promise<boolean> {
  await using registry = await startRegistry({ tls: certificates });
  const hosts = { [registry.host]: host };
  await using client = createRegistryClient({ env: {}, hosts, retry: NO_RETRY, ...options });
  const repository = client.repository(parseReference(`${registry.host}/app`));
  const answers = await Promise.all([1, 2, 3].map((seed) => repository.exists(blobOf(noise(`${seed}`, 10)))));
  return answers.some((answer) => answer);
}

testWith('openssl')('a private authority is trusted when it is given', async () => {
  expect(await askTls({ ca: certificates.ca })).toBe(false);
});

testWith('openssl')('any certificate is accepted when that is asked for', async () => {
  expect(await askTls({ insecure: true })).toBe(false);
});

testWith('openssl')('an authority of the system is trusted as other programs trust it', async () => {
  expect(await askTls({ plainHttp: false }, { env: { SSL_CERT_FILE: certificates.caFile } })).toBe(false);
});

testWith('openssl')('an unknown authority is refused, with the mend', async () => {
  await expect(askTls({ plainHttp: false })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_UNREACHABLE',
    message: expect.stringMatching(/its certificate is not trusted$/),
    hint: 'give the certificate of its authority as `ca` of the host, or accept any with `insecure`',
  });
});

test('a registry that speaks plain HTTP where TLS is expected is told as such', async () => {
  await using registry = await startRegistry();
  const hosts = { [registry.host]: { plainHttp: false } };
  await using client = createRegistryClient({ env: {}, hosts, retry: NO_RETRY });

  await expect(client.repository(parseReference(`${registry.host}/app`)).resolve('v1')).rejects.toMatchObject({
    message: `registry ${registry.host} cannot be reached: it does not speak TLS`,
    hint: 'if it speaks plain HTTP, set `plainHttp` for the host',
  });
});

testWith('openssl')('a redirect from TLS to plain HTTP is refused, and nothing is asked there', async () => {
  await using plain = await startRegistry();
  await using registry = await startRegistry({
    tls: certificates,
    onRequest: ({ path }) => ({ kind: 'answer', status: 307, headers: { location: `${plain.url}${path}` } }),
  });
  const hosts = { [registry.host]: { ca: certificates.ca } };
  await using client = createRegistryClient({ env: {}, hosts, retry: NO_RETRY });
  const repository = client.repository(parseReference(`${registry.host}/app`));
  const blob = blobOf(noise('x', 10));

  const problem = `registry ${registry.host} is not followed: it points from https to plain http: ${plain.url}/v2/app/`;
  await expect(repository.fetch(blob)).rejects.toThrow(`${problem}blobs/${blob.digest}`);
  await expect(repository.resolve('v1')).rejects.toThrow(`${problem}manifests/v1`);
  expect(plain.requests).toEqual([]);
});
