import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerEndpoint } from './docker-endpoint.ts';

test.each([
  ['unix:///run/docker.sock', { address: 'unix:///run/docker.sock', socketPath: '/run/docker.sock' }],
  ['tcp://127.0.0.1:2376', { address: 'tcp://127.0.0.1:2376', host: '127.0.0.1', port: 2376 }],
  ['tcp://[::1]', { address: 'tcp://[::1]', host: '::1', port: 2375 }],
])('DOCKER_HOST=%s', (address, expected) => {
  expect(dockerEndpoint({ DOCKER_HOST: address })).toEqual(expected);
});

test.each([[{ DOCKER_HOST: 'ssh://host' }], [{ DOCKER_HOST: 'tcp://host:2376', DOCKER_TLS_VERIFY: '1' }]])(
  '%j is refused by its address',
  (env) => {
    expect(() => dockerEndpoint(env)).toThrow(
      `cannot load into Docker at ${env.DOCKER_HOST}: only unix:// and tcp:// without TLS are spoken`,
    );
  },
);

test('a context is found by its name, in the configuration or the environment', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contexts-'));
  try {
    const meta = join(folder, 'contexts/meta', createHash('sha256').update('mine').digest('hex'));
    await mkdir(meta, { recursive: true });
    await writeFile(join(meta, 'meta.json'), '{"Name":"mine","Endpoints":{"docker":{"Host":"unix:///mine.sock"}}}');
    await writeFile(join(folder, 'config.json'), '{"currentContext":"mine"}');
    const mine = { address: 'unix:///mine.sock', socketPath: '/mine.sock' };
    expect(dockerEndpoint({ DOCKER_CONFIG: folder })).toEqual(mine);
    await writeFile(join(folder, 'config.json'), 'no JSON');
    expect(dockerEndpoint({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'mine' })).toEqual(mine);
    expect(() => dockerEndpoint({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'other' })).toThrow(
      'the Docker context "other" does not exist',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
