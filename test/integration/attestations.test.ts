import { type Descriptor, formatPlatform, hostPlatform, parseReference } from '@tsbuild/core';
import { type Builder, type BuildOptions, createBuilder } from '@tsbuild/engine';
import { createRegistryClient } from '@tsbuild/registry';
import { startRegistry } from '@tsbuild/registry/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustRun } from '../support/command.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { startDockerd } from '../support/dockerd.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const FILES = { 'lib/apk/db/installed': 'P:musl\nV:1.2.5-r10\nA:x86_64\nL:MIT\n', 'etc/os-release': 'ID=alpine\n' };

let folder: TempFolder;
let builder: Builder;

beforeAll(async () => {
  folder = await openTempFolder();
  builder = await createBuilder({ root: folder.file('store') });
});

afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('an image with attestations', () => {
  testWith('docker-registry', 'skopeo')('is pulled from a registry by skopeo and by tsbuild', async () => {
    await using registry = await startDockerRegistry();
    const name = `${registry.host}/team/app:1`;
    const { image, outputs } = await build({ tags: [name], outputs: [{ type: 'registry' }] });
    const raw = JSON.parse(await skopeo('inspect', '--raw', `docker://${name}`));
    const inspected = JSON.parse(await skopeo('inspect', `docker://${name}`));
    await skopeo('copy', '--all', `docker://${name}`, `oci:${folder.file('copied')}:app`);
    await using other = await createBuilder({ root: folder.file('other-store') });
    const child = await other.build({ context: { files: {} }, dockerfile: `FROM ${name}\nLABEL a=b\n` });

    expect(raw.mediaType).toBe(INDEX);
    expect(raw.manifests).toHaveLength(2);
    expect(inspected).toMatchObject({ Os: 'linux', Architecture: hostPlatform().architecture });
    expect(outputs[0]?.descriptor?.mediaType).toBe(INDEX);
    expect(child.image.config.rootfs.diff_ids).toEqual(image.config.rootfs.diff_ids);
  });

  testWith('skopeo')('is read from an OCI archive and from a folder', async () => {
    const outputs = [
      { type: 'oci', dest: folder.file('app.tar') },
      { type: 'oci', dest: folder.file('layout'), tar: false },
    ] as const;
    const { image } = await build({ outputs, tags: ['app:1'] });
    const places = [`oci-archive:${folder.file('app.tar')}:1`, `oci:${folder.file('layout')}:1`];
    const configs = await Promise.all(places.map((place) => skopeo('inspect', '--config', place)));

    expect(configs.map((text) => JSON.parse(text).rootfs.diff_ids)).toEqual([
      image.config.rootfs.diff_ids,
      image.config.rootfs.diff_ids,
    ]);
  });

  test('is a base from the store that it is kept in', async () => {
    await build({ tags: ['kept'] });
    const { image } = await builder.build({ context: { files: {} }, dockerfile: 'FROM kept\nLABEL a=b\n' });

    expect(String(await (await image.tree()).read('etc/os-release'))).toBe('ID=alpine\n');
  });

  testWith(
    'root',
    'dockerd',
    'docker',
  )('is loaded from an archive for Docker, which has none of them', async () => {
    await using engine = await startDockerd();
    const dest = folder.file('docker.tar');
    const { outputs } = await build({ tags: ['app:1'], outputs: [{ type: 'docker', dest }] });

    expect(outputs[0]?.descriptor?.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(await engine.docker('load', '--input', dest)).toContain('app:1');
  });
});

describe('attestations as artifacts', () => {
  test('are referrers of the image, by the API of the registry', async () => {
    await using registry = await startRegistry();
    await expectReferrer(registry.host);
  });

  testWith('docker-registry')('are referrers of the image, by tag where the registry has no API', async () => {
    await using registry = await startDockerRegistry();
    await expectReferrer(registry.host);
  });
});

async function expectReferrer(host: string): Promise<void> {
  const tag = `${host}/team/app:1`;
  const { outputs } = await build({ tags: [tag], outputs: [{ type: 'registry', ociArtifact: true }] });
  await using client = createRegistryClient();
  const repository = client.repository(parseReference(tag));
  const [imageEntry, attestations] = await manifestsOf(repository, outputs[0]?.descriptor);
  const artifactType = 'application/vnd.docker.attestation.manifest.v1+json';
  if (imageEntry === undefined) throw new Error('an index lists its image');

  expect(await repository.referrers(imageEntry.digest, artifactType)).toEqual([
    expect.objectContaining({ digest: attestations?.digest, artifactType }),
  ]);
}

async function manifestsOf(
  from: { fetch(descriptor: Descriptor): Promise<AsyncIterable<Uint8Array>> },
  index: Descriptor | undefined,
): Promise<readonly Descriptor[]> {
  if (index === undefined) throw new Error('one output');
  const chunks: Uint8Array[] = [];
  for await (const bytes of await from.fetch(index)) chunks.push(Uint8Array.from(bytes));
  return JSON.parse(Buffer.concat(chunks).toString()).manifests;
}

async function build(options: Partial<BuildOptions>) {
  const result = await builder.build({
    context: { files: FILES },
    dockerfile: 'FROM scratch\nCOPY . /\n',
    provenance: true,
    sbom: true,
    ...options,
  });
  const [sbom, provenance] = result.attestations[formatPlatform(hostPlatform())] ?? [];
  expect(sbom?.predicate).toMatchObject({ packages: [{}, { name: 'musl', licenseDeclared: 'MIT' }] });
  expect(provenance?.predicateType).toBe('https://slsa.dev/provenance/v1');
  return result;
}

function skopeo(command: string, ...args: readonly string[]): Promise<string> {
  const tls = command === 'copy' ? '--src-tls-verify=false' : '--tls-verify=false';
  const isRemote = args.some((arg) => arg.startsWith('docker://'));
  return mustRun(['skopeo', command, ...(isRemote ? [tls] : []), ...args]);
}
