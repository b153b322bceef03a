import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { parseReference } from '@tsbuild/core';
import { copyImage, createRegistryClient, type RegistryClientOptions } from '@tsbuild/registry';
import { type RegistryServerOptions, startRegistry, type TestRegistry } from '@tsbuild/registry/server';
import { expect } from 'vitest';
import { mustRun, runCommand } from '../support/command.ts';
import { testWith } from '../support/parts.ts';
import { makeCertificates } from '../support/registry/certificates.ts';
import { type SampleImage, sampleImage } from '../support/registry/sample-image.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const USER = { username: 'user', password: 'secret-word' };
const CREDENTIALS = { credentials: () => USER };

/** An image whose one layer is a true tar with `/hello`. */
async function helloImage(folder: TempFolder): Promise<SampleImage> {
  await writeFile(folder.file('hello'), 'hello from a layer\n');
  const tar = ['--format=ustar', '--owner=0', '--group=0', '--mtime=@0', '-C', folder.path, '-cf', '-', 'hello'];
  return sampleImage({ layers: [execFileSync('tar', tar)] });
}

async function pushWith(registry: TestRegistry, image: SampleImage, options: RegistryClientOptions): Promise<void> {
  await using client = createRegistryClient({ env: {}, ...options });
  const repository = client.repository(parseReference(`${registry.host}/team/app`));
  await copyImage(image, repository, image.manifest, { tags: ['v1', 'v2'] });
}

/** skopeo against the server: looks, copies within it and out of it, lists and deletes. */
async function skopeoWorks(registry: TestRegistry, image: SampleImage, flags: readonly string[]): Promise<void> {
  await using folder = await openTempFolder();
  const name = `docker://${registry.host}/team/app`;
  const copy = `docker://${registry.host}/copied/by/skopeo:1`;
  const both = flags.flatMap((flag) => [flag.replace('--', '--src-'), flag.replace('--', '--dest-')]);
  const source = flags.map((flag) => flag.replace('--', '--src-'));

  const raw = await mustRun(['skopeo', 'inspect', '--raw', ...flags, `${name}:v1`]);
  expect(raw).toBe(image.bytesOf(image.manifest).toString());
  await mustRun(['skopeo', 'copy', '--preserve-digests', ...both, `${name}:v1`, copy]);
  await mustRun(['skopeo', 'copy', '--preserve-digests', ...source, copy, `oci:${folder.file('layout')}:1`]);
  expect(await mustRun(['skopeo', 'inspect', '--format', '{{.Digest}}', `oci:${folder.file('layout')}:1`])).toBe(
    `${image.manifest.digest}\n`,
  );
  expect(JSON.parse(await mustRun(['skopeo', 'list-tags', ...flags, name])).Tags).toEqual(['v1', 'v2']);
  await mustRun(['skopeo', 'delete', ...flags, copy]);
  expect((await runCommand(['skopeo', 'inspect', ...flags, copy])).stderr).toContain('manifest unknown');
}

async function runsWithSkopeo(
  server: RegistryServerOptions,
  client: (host: string) => RegistryClientOptions,
  flags: readonly string[],
): Promise<void> {
  await using folder = await openTempFolder();
  await using registry = await startRegistry(server);
  const image = await helloImage(folder);
  await pushWith(registry, image, client(registry.host));
  await skopeoWorks(registry, image, flags);
}

testWith('skopeo')('skopeo uses the in-process registry', () => runsWithSkopeo({}, () => ({}), ['--tls-verify=false']));

testWith('skopeo')('skopeo uses the in-process registry with basic access', () =>
  runsWithSkopeo({ auth: { type: 'basic', ...USER } }, () => CREDENTIALS, [
    '--tls-verify=false',
    '--creds=user:secret-word',
  ]),
);

testWith('skopeo')('skopeo uses the in-process registry with bearer tokens', () =>
  runsWithSkopeo({ auth: { type: 'bearer', ...USER } }, () => CREDENTIALS, [
    '--tls-verify=false',
    '--creds=user:secret-word',
  ]),
);

testWith('skopeo', 'openssl')('skopeo uses the in-process registry behind TLS', async () => {
  await using folder = await openTempFolder();
  const { ca, cert, key } = await makeCertificates(folder);
  await mkdir(folder.file('certs'));
  await writeFile(folder.file('certs', 'ca.crt'), ca);

  await runsWithSkopeo({ tls: { cert, key } }, (host) => ({ hosts: { [host]: { ca } } }), [
    `--cert-dir=${folder.file('certs')}`,
  ]);
});

testWith('podman', 'root')('podman pulls from the in-process registry, and what it pushes comes back', async () => {
  await using folder = await openTempFolder();
  await using registry = await startRegistry();
  const image = await helloImage(folder);
  await pushWith(registry, image, {});
  const storage = ['--root', folder.file('root'), '--runroot', folder.file('run'), '--storage-driver', 'vfs'];
  const podman = (...args: readonly string[]) => mustRun(['podman', ...storage, ...args]);

  await podman('pull', '--tls-verify=false', `${registry.host}/team/app:v1`);
  await podman('push', '--tls-verify=false', `${registry.host}/team/app:v1`, `${registry.host}/by/podman:1`);

  await using client = createRegistryClient({ env: {} });
  const pushed = client.repository(parseReference(`${registry.host}/by/podman`));
  const target = client.repository(parseReference(`${registry.host}/copy`));
  const manifest = await copyImage(pushed, target, '1', { tags: ['2'] });
  expect(await target.resolve('2')).toEqual(manifest);
});
