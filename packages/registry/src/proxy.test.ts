import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { parseReference } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { sampleImage } from '../../../test/support/registry/sample-image.ts';
import { createRegistryClient } from './client.ts';
import { copyImage } from './copy-image.ts';
import { createHttpClient } from './http/http-client.ts';
import { startRegistry } from './server/registry.ts';

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Where clients wanted to go. */
  readonly targets: string[];
}

/** A proxy that leads every tunnel to the same registry. */
async function startProxy(upstream: string): Promise<Proxy> {
  const targets: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    targets.push(`${request.url} as ${request.headers['proxy-authorization'] ?? 'anybody'}`);
    const [host, port] = upstream.split(':');
    const onward = connect({ host, port: Number(port) }, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://user:word@127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    targets,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const HOSTS = { 'registry.invalid': { plainHttp: true } };
const BASIC = `Basic ${Buffer.from('user:word').toString('base64')}`;

test('the proxy of the environment is used', async () => {
  await using registry = await startRegistry();
  await using proxy = await startProxy(registry.host);
  await using client = createRegistryClient({ env: { HTTP_PROXY: proxy.url }, hosts: HOSTS });
  const repository = client.repository(parseReference('registry.invalid/app'));
  const image = sampleImage();

  await copyImage(image, repository, image.manifest, { tags: ['v1'] });

  expect(await repository.resolve('v1')).toEqual(image.manifest);
  expect([...new Set(proxy.targets)]).toEqual([`registry.invalid:80 as ${BASIC}`]);
});

test('servers that are no registries are reached through it too', async () => {
  await using registry = await startRegistry();
  await using proxy = await startProxy(registry.host);
  const client = createHttpClient({
    party: 'cache server',
    env: { http_proxy: proxy.url, no_proxy: 'direct.invalid' },
  });
  const ask = async (host: string) =>
    (await client.send({ method: 'HEAD', url: new URL(`http://${host}/v2/`) })).status;

  expect(await ask('cache.invalid')).toBe(200);
  await expect(ask('direct.invalid')).rejects.toThrow('cache server direct.invalid cannot be reached');

  expect(proxy.targets).toEqual([`cache.invalid:80 as ${BASIC}`]);
});

test('hosts that are excepted, and this machine, are reached directly', async () => {
  await using registry = await startRegistry();
  await using proxy = await startProxy(registry.host);
  const env = { http_proxy: proxy.url, https_proxy: proxy.url, no_proxy: '.invalid' };
  await using client = createRegistryClient({ env, hosts: HOSTS, retry: { attempts: 1 } });

  await expect(client.repository(parseReference('registry.invalid/app')).resolve('v1')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_REGISTRY_UNREACHABLE',
    message: expect.stringContaining('registry registry.invalid cannot be reached: the host name'),
  });
  await expect(client.repository(parseReference(`${registry.host}/app`)).resolve('v1')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_NOT_FOUND',
  });
  expect(proxy.targets).toEqual([]);
});

test('a proxy that is down is told without its password', async () => {
  const env = { HTTP_PROXY: 'http://user:secret-word@127.0.0.1:1' };
  await using client = createRegistryClient({ env, hosts: HOSTS, retry: { attempts: 1 } });

  const failure = client.repository(parseReference('registry.invalid/app')).resolve('v1');

  await expect(failure).rejects.toMatchObject({ code: 'ERR_TSBUILD_REGISTRY_UNREACHABLE' });
  await expect(failure).rejects.not.toThrow(/secret-word/);
});
