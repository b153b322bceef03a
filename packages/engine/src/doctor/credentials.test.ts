import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCredentials } from './credentials.ts';

test('files, registries and helpers are named, secrets are not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const config = {
    auths: { 'r.example': { auth: 'c2VjcmV0', password: 'secret' } },
    credsStore: 'pass',
    credHelpers: { 'h.example': 'ecr' },
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'broken'), 'secret{');
  const found = await findCredentials({ DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: join(folder, 'broken') });
  await rm(folder, { recursive: true });
  expect(found.slice(0, 2)).toEqual([
    { file: join(folder, 'broken'), registries: [], helpers: [], problem: 'it is no JSON' },
    {
      file: join(folder, 'config.json'),
      registries: ['h.example', 'r.example'],
      helpers: ['docker-credential-pass', 'docker-credential-ecr'],
    },
  ]);
  expect(JSON.stringify(found)).not.toMatch(/secret|c2VjcmV0/);
});
