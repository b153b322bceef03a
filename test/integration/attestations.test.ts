import {
  type Descriptor,
  digestHex,
  digestOf,
  formatPlatform,
  hostPlatform,
  MEDIA_TYPES,
  parseReference,
} from '@tsbuild/core';
import { type Builder, type BuildOptions, createBuilder, type PolicySource } from '@tsbuild/engine';
import { createRegistryClient } from '@tsbuild/registry';
import { startRegistry } from '@tsbuild/registry/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustRun } from '../support/command.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { startDockerd } from '../support/dockerd.ts';
import { GIT_PARTS, makeRepository, startGitServer } from '../support/git-server.ts';
import { startLoopbackServer } from '../support/loopback-server.ts';
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

  test.each([
    ['images', {}, MEDIA_TYPES.ociConfig],
    ['artifacts', { ociArtifact: true }, MEDIA_TYPES.ociEmpty],
  ])(
    'is pushed from the store compressed, with attestations, as %s, about the manifest that is pushed',
    async (...row) => {
      const [, asked, configType] = row;
      await using registry = await startRegistry();
      const name = `${registry.host}/team/kept:1`;
      await build({ tags: [name], outputs: [{ type: 'image', ...asked }] });
      const [pushed] = await builder.push(name);
      const get = async (kind: 'manifests' | 'blobs', reference: string) =>
        (await fetch(`${registry.url}/v2/team/kept/${kind}/${reference}`)).text();
      const index = JSON.parse(await get('manifests', pushed?.digest ?? ''));
      const [image, attestation] = index.manifests;
      const [manifest, about] = await Promise.all(
        [image, attestation].map(async ({ digest }) => JSON.parse(await get('manifests', digest))),
      );
      const statements = await Promise.all(
        about.layers.map(async ({ digest }: Descriptor) => JSON.parse(await get('blobs', digest))),
      );
      const config = JSON.parse(await get('blobs', about.config.digest));
      const { mediaType, digest, size } = image;
      const diffIds = about.layers.map((layer: Descriptor) => layer.digest);

      expect(manifest.layers.map(({ mediaType }: Descriptor) => mediaType)).toEqual([
        'application/vnd.oci.image.layer.v1.tar+gzip',
      ]);
      expect(attestation.annotations['vnd.docker.reference.digest']).toBe(image.digest);
      expect(statements.map(({ subject }) => subject[0].digest.sha256)).toEqual(
        statements.map(() => digestHex(image.digest)),
      );
      expect(statements.length).toBeGreaterThan(0);
      expect(about.config.mediaType).toBe(configType);
      expect(about.subject).toEqual('ociArtifact' in asked ? { mediaType, digest, size } : undefined);
      expect(config).toEqual(
        'ociArtifact' in asked ? {} : expect.objectContaining({ rootfs: { type: 'layers', diff_ids: diffIds } }),
      );
    },
  );

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

describe('provenance of what comes from elsewhere', () => {
  testWith(...GIT_PARTS)(
    'has the commit of a repository and the digest of a download, and may be complete',
    async () => {
      await using remotes = await startRemotes();
      const { context, file, commit } = remotes;
      const { buildDefinition, runDetails } = await provenanceOf({ context: `${context}#main` });

      expect(buildDefinition.externalParameters).toMatchObject({
        configSource: { uri: `${context}#main`, digest: { sha1: commit }, path: 'Dockerfile' },
        request: { locals: [] },
      });
      const dependencies = [
        { uri: `${context}#main`, digest: { sha1: commit } },
        { uri: file, digest: { sha256: digestHex(digestOf('text')) } },
      ];
      // In order of their addresses, whose ports nobody chose.
      expect(buildDefinition.resolvedDependencies).toEqual(dependencies.sort((a, b) => (a.uri < b.uri ? -1 : 1)));
      expect(runDetails.metadata).toMatchObject({
        buildkit_hermetic: true,
        buildkit_completeness: { request: true, resolvedDependencies: true },
      });
    },
  );

  testWith(...GIT_PARTS)('tells of the commit that a policy pinned, which is what was built', async () => {
    await using remotes = await startRemotes();
    const { context, commit } = remotes;
    const policy = ({ kind }: PolicySource) => (kind === 'git' ? { pin: commit } : { allow: true as const });
    const { buildDefinition } = await provenanceOf({ context: `${context}#main`, policy });

    expect(buildDefinition.externalParameters.configSource).toEqual({
      uri: `${context}#${commit}`,
      digest: { sha1: commit },
      path: 'Dockerfile',
    });
    const absent = () => ({ pin: 'f'.repeat(40) });
    await expect(provenanceOf({ context, policy: absent })).rejects.toMatchObject({
      code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
    });
  });
});

/** A repository with a Dockerfile that downloads a file. */
async function startRemotes() {
  const place = await openTempFolder();
  const files = await startLoopbackServer((_, response) => response.end('text'));
  const file = files.url('/file');
  const commit = await makeRepository(place.file('app.git'), { Dockerfile: `FROM scratch\nADD ${file} /\nCOPY . /\n` });
  const git = await startGitServer(place.path);
  return {
    context: git.url('/app.git'),
    file,
    commit,
    async [Symbol.asyncDispose]() {
      for (const part of [git, files, place]) await part[Symbol.asyncDispose]();
    },
  };
}

async function provenanceOf(options: Pick<BuildOptions, 'context' | 'policy'>) {
  const { attestations } = await builder.build({ ...options, provenance: true });
  const [list = []] = Object.values(attestations);
  return JSON.parse(JSON.stringify(list[0]?.predicate));
}

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
