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

test('an engine behind ssh is refused with the way there', () => {
  expect(() => dockerEndpoint({ DOCKER_HOST: 'ssh://me@host:2222' })).toThrow(
    expect.objectContaining({
      message: 'Docker at ssh://***@host:2222 cannot be reached: only unix:// and tcp:// are spoken',
      hint: 'forward its socket: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock me@host -p 2222, then DOCKER_HOST=unix:///tmp/docker.sock',
    }),
  );
});

test('certificates are those of DOCKER_CERT_PATH, else of the configuration', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  try {
    const [DOCKER_CERT_PATH, DOCKER_CONFIG] = [join(folder, 'path'), join(folder, 'config')];
    await mkdir(DOCKER_CERT_PATH);
    await mkdir(DOCKER_CONFIG);
    await writeFile(join(DOCKER_CERT_PATH, 'ca.pem'), 'authority');
    await writeFile(join(DOCKER_CONFIG, 'cert.pem'), 'mine');
    await writeFile(join(DOCKER_CONFIG, 'key.pem'), 'secret');
    const env = { DOCKER_HOST: 'tcp://host', DOCKER_CONFIG };
    const place = { address: 'tcp://host', host: 'host', port: 2376 };

    expect(dockerEndpoint({ ...env, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY: '1' })).toEqual({
      ...place,
      tls: { rejectUnauthorized: true, ca: 'authority' },
    });
    expect(dockerEndpoint({ ...env, DOCKER_TLS: '1' })).toEqual({
      ...place,
      tls: { rejectUnauthorized: false, cert: 'mine', key: 'secret' },
    });
    expect(() => dockerEndpoint({ ...env, DOCKER_TLS_VERIFY: '1' })).toThrow(
      `the certificate of Docker's authority is not there: ${join(DOCKER_CONFIG, 'ca.pem')}`,
    );
    expect(dockerEndpoint({ ...env, DOCKER_CERT_PATH })).toEqual({ ...place, port: 2375 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

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
    const certificates = join(folder, 'contexts/tls', createHash('sha256').update('mine').digest('hex'), 'docker');
    await mkdir(certificates, { recursive: true });
    await writeFile(join(certificates, 'ca.pem'), 'authority');
    await writeFile(join(meta, 'meta.json'), '{"Name":"mine","Endpoints":{"docker":{"Host":"tcp://far:1"}}}');
    expect(dockerEndpoint({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'mine' })).toEqual({
      address: 'tcp://far:1',
      host: 'far',
      port: 1,
      tls: { rejectUnauthorized: true, ca: 'authority' },
    });
    expect(() => dockerEndpoint({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'other' })).toThrow(
      'the Docker context "other" does not exist',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
