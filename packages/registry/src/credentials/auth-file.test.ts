import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { openTempFolder } from '../../../../test/support/temp-folder.ts';
import { parseAuthFile, readAuthFile } from './auth-file.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('entries are read in every form that Docker and podman write', () => {
  const text = JSON.stringify({
    auths: {
      'https://index.docker.io/v1/': { auth: base64('hub:pass:word') },
      'quay.io': { username: 'quay', password: 'secret' },
      'http://localhost:5000/v2/': { auth: base64('local:x') },
      'gcr.io/project/image': { auth: base64('deep:x') },
      'azure.test': { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' },
      'token.test': { registrytoken: 'bearer' },
      'empty.test': {},
      'broken.test': 'nonsense',
    },
    credHelpers: { 'helped.test': 'pass', 'broken.test': 7 },
    credsStore: 'desktop',
  });

  const { auths, credHelpers, credsStore } = parseAuthFile(text, 'config.json');

  expect(Object.fromEntries(auths)).toEqual({
    'docker.io': { username: 'hub', password: 'pass:word' },
    'quay.io': { username: 'quay', password: 'secret' },
    'localhost:5000': { username: 'local', password: 'x' },
    'gcr.io/project/image': { username: 'deep', password: 'x' },
    'azure.test': { identityToken: 'refresh' },
    'token.test': { registryToken: 'bearer' },
  });
  expect(Object.fromEntries(credHelpers)).toEqual({ 'helped.test': 'pass' });
  expect(credsStore).toBe('desktop');
});

test('a file that is not there is empty', async () => {
  await using folder = await openTempFolder();
  const { auths, credsStore } = await readAuthFile(folder.file('none', 'config.json'));
  expect([auths.size, credsStore]).toEqual([0, undefined]);
});

test('a damaged file is an error that names it and quotes nothing of it', async () => {
  await using folder = await openTempFolder();
  const path = folder.file('config.json');
  await writeFile(path, `{"auths": {"x": {"auth": "${base64('user:secret')}"`);

  const error = await readAuthFile(path).catch((failure: unknown) => failure);

  expect(error).toMatchObject({ code: 'ERR_TSBUILD_USAGE' });
  expect(String(error)).toContain(path);
  expect(inspect(error)).not.toContain(base64('user:secret').slice(0, 8));
});
