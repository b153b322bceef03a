import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Descriptor, digestHex, digestOf, formatPlatform, hostPlatform } from '@tsbuild/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { Builder } from '../builder-types.ts';
import type { BuildOptions } from '../options.ts';

const PLATFORM = formatPlatform(hostPlatform());
const DOCKERFILE =
  'FROM base AS first\nCOPY a /a\nFROM first\nARG GREETING\nCOPY --chmod=600 <<b /etc/b\n$GREETING\nb\n';

let folder: string;
let builder: Builder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-attest-'));
  builder = await createBuilder({ root: join(folder, 'store') });
});

afterEach(async () => {
  await builder[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('without being asked for, an image has no index and no attestations', async () => {
  const { outputs, attestations } = await build({ provenance: false });

  expect(attestations).toEqual({});
  expect(outputs[0]?.descriptor?.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
});

test('statements are layers of a manifest beside the image, as BuildKit attaches them', async () => {
  const { image, outputs } = await build({ provenance: true, sbom: true, tags: ['app:1', 'example.com:5000/x/app'] });
  const index = await readBlob(outputs[0]?.descriptor);
  const [imageEntry, attestationEntry] = index.manifests;
  const manifest = await readBlob(attestationEntry);
  const [sbom, provenance] = await Promise.all(manifest.layers.map(readBlob));
  const subject = ['pkg:docker/app@1', 'pkg:docker/example.com:5000/x/app@latest'].map((name) => ({
    name: `${name}?platform=${encodeURIComponent(PLATFORM)}`,
    digest: { sha256: digestHex(imageEntry.digest) },
  }));

  expect((await readBlob(imageEntry)).config.digest).toBe(image.id);
  expect(index.manifests).toEqual([
    expect.objectContaining({ platform: hostPlatform() }),
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: attestationEntry.digest,
      size: attestationEntry.size,
      annotations: {
        'vnd.docker.reference.digest': imageEntry.digest,
        'vnd.docker.reference.type': 'attestation-manifest',
      },
      platform: { architecture: 'unknown', os: 'unknown' },
    },
  ]);
  expect(manifest.layers.map(({ mediaType, annotations }: Descriptor) => [mediaType, annotations])).toEqual([
    ['application/vnd.in-toto+json', { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' }],
    ['application/vnd.in-toto+json', { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' }],
  ]);
  expect(await readBlob(manifest.config)).toEqual({
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: manifest.layers.map(({ digest }: Descriptor) => digest) },
  });
  expect(sbom).toMatchObject({
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://spdx.dev/Document',
    subject,
    predicate: { spdxVersion: 'SPDX-2.3', name: 'docker.io/library/app:1' },
  });
  expect(provenance).toMatchObject({ predicateType: 'https://slsa.dev/provenance/v1', subject });
});

test('as an artifact, the manifest has the image as its subject', async () => {
  const { outputs } = await build({ sbom: true }, { ociArtifact: true });
  const { manifests } = await readBlob(outputs[0]?.descriptor);
  const { mediaType, digest, size } = manifests[0];
  const manifest = await readBlob(manifests[1]);

  expect(manifest.artifactType).toBe('application/vnd.docker.attestation.manifest.v1+json');
  expect(manifest.subject).toEqual({ mediaType, digest, size });
  expect(await readBlob(manifest.config)).toEqual({});
});

test('full provenance tells what was asked for, what it was made of, and every step', async () => {
  const base = await saveBase();
  const { attestations } = await build({
    provenance: { builderId: 'https://ci.example/1', reproducible: true },
    buildArgs: { GREETING: 'hello' },
    labels: { team: 'a' },
  });
  const { buildDefinition, runDetails } = JSON.parse(JSON.stringify(attestations[PLATFORM]?.[0]?.predicate));
  const { data } = runDetails.metadata.buildkit_metadata.source.infos[0];
  const dependency = {
    uri: `pkg:docker/base@latest?platform=${encodeURIComponent(PLATFORM)}`,
    digest: { sha256: digestHex(base.digest) },
  };

  expect(buildDefinition).toEqual({
    buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
    externalParameters: {
      configSource: { path: 'Dockerfile' },
      request: {
        frontend: 'dockerfile.v0',
        args: { 'build-arg:GREETING': 'hello', 'label:team': 'a' },
        secrets: [],
        ssh: [],
        locals: [{ name: 'context' }, { name: 'dockerfile' }],
      },
    },
    internalParameters: {
      builderPlatform: PLATFORM,
      buildConfig: {
        llbDefinition: [
          {
            id: 'step0',
            op: {
              Op: { source: { identifier: `docker-image://docker.io/library/base:latest@${base.digest}` } },
              platform: { Architecture: hostPlatform().architecture, OS: 'linux' },
            },
          },
          { id: 'step1', op: { Op: { source: { identifier: 'local://context' } } } },
          {
            id: 'step2',
            op: {
              Op: {
                file: { actions: [{ input: 0, secondaryInput: 1, Action: { copy: { src: 'a', dest: '/a' } } }] },
              },
            },
            inputs: ['step0:0', 'step1:0'],
          },
          {
            id: 'step3',
            op: {
              Op: {
                file: { actions: [{ input: 0, Action: { mkfile: { path: '/etc/b', data: base64('hello\n') } } }] },
              },
            },
            inputs: ['step2:0'],
          },
          { id: 'step4', op: { Op: {} }, inputs: ['step3:0'] },
        ],
      },
    },
    resolvedDependencies: [dependency],
  });
  expect(runDetails).toEqual({
    builder: { id: 'https://ci.example/1' },
    metadata: {
      invocationID: expect.stringMatching(/^[0-9a-z]{25}$/),
      startedOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      finishedOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      buildkit_metadata: {
        source: {
          locations: {
            step0: lines(1, 1),
            step2: lines(2, 2),
            step3: lines(5, 7),
          },
          infos: [{ filename: 'Dockerfile', language: 'Dockerfile', data }],
        },
      },
      buildkit_hermetic: false,
      buildkit_completeness: { request: true, resolvedDependencies: false },
      buildkit_reproducible: true,
    },
  });
  expect(Buffer.from(data, 'base64').toString()).toBe(DOCKERFILE);
});

test('little provenance hides build arguments, labels, secrets and steps, and says that it does', async () => {
  const { attestations } = await build({
    provenance: { mode: 'min' },
    buildArgs: { GREETING: 'hello' },
    labels: { team: 'a' },
    target: 'first',
  });
  const predicate = JSON.parse(JSON.stringify(attestations[PLATFORM]?.[0]?.predicate));

  expect(predicate.buildDefinition.externalParameters.request).toEqual({
    frontend: 'dockerfile.v0',
    args: { target: 'first' },
    locals: [{ name: 'context' }, { name: 'dockerfile' }],
  });
  expect(Object.keys(predicate.buildDefinition.internalParameters)).toEqual(['builderPlatform']);
  expect(predicate.runDetails.metadata.buildkit_metadata).toBeUndefined();
  expect(predicate.runDetails.metadata.buildkit_completeness.request).toBe(false);
  expect(JSON.stringify(predicate)).not.toContain('hello');
});

test('two builds of the same give the same image and bill of materials; provenance has their times', async () => {
  const one = await build({ provenance: true, sbom: true, sourceDateEpoch: 1_700_000_000 });
  const two = await build({ provenance: true, sbom: true, sourceDateEpoch: 1_700_000_000 });
  const [first, second] = await Promise.all([one, two].map(({ outputs }) => readBlob(outputs[0]?.descriptor)));

  expect(second.manifests[0]).toEqual(first.manifests[0]);
  expect(second.manifests[1].digest).not.toBe(first.manifests[1].digest);
  expect(two.attestations[PLATFORM]?.[0]).toEqual(one.attestations[PLATFORM]?.[0]);
});

test('a context in a git repository says its commit, and whether files differ from it', async () => {
  const context = join(folder, 'checkout');
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-C', context, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);
  await git('init', '--quiet');
  await git('remote', 'add', 'origin', 'https://user:token@git.example/app.git');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'first');
  const commit = (await git('rev-parse', 'HEAD')).stdout.trim();

  expect(await vcsOf(context)).toEqual({
    'localdir:context': '.',
    revision: commit,
    source: 'https://git.example/app.git',
  });
  await writeFile(join(context, 'new'), '');
  expect(await vcsOf(context)).toMatchObject({ revision: `${commit}-dirty` });
});

test('a folder and a tar get the statements as files, about the files of the image', async () => {
  const dest = join(folder, 'out');
  const tar = join(folder, 'out.tar');
  const outputs = [
    { type: 'local', dest },
    { type: 'tar', dest: tar },
  ] as const;
  await builder.build({
    context: { files: { a: 'a' } },
    dockerfile: 'FROM scratch\nCOPY a /a\n',
    sbom: true,
    provenance: true,
    outputs,
  });
  const listed = await promisify(execFile)('tar', ['-tf', tar]);
  const sbom = JSON.parse(await readFile(join(dest, 'sbom.spdx.json'), 'utf8'));

  expect((await readdir(dest)).sort()).toEqual(['a', 'provenance.json', 'sbom.spdx.json']);
  expect(listed.stdout.split('\n').sort()).toEqual(['', 'a', 'provenance.json', 'sbom.spdx.json']);
  expect(sbom).toMatchObject({
    predicateType: 'https://spdx.dev/Document',
    subject: [{ name: 'a', digest: { sha256: digestHex(digestOf('a')) } }],
    predicate: { spdxVersion: 'SPDX-2.3' },
  });
});

test('a Dockerfile elsewhere on the machine is told by its name alone', async () => {
  const file = join(folder, 'App.Dockerfile');
  await mkdir(join(folder, 'empty'));
  await writeFile(file, 'FROM scratch\nLABEL a=b\n');
  const { attestations } = await builder.build({ context: join(folder, 'empty'), file, provenance: true });
  const text = JSON.stringify(attestations);

  expect(text).toContain('"configSource":{"path":"App.Dockerfile"}');
  expect(text).not.toContain(folder);
});

test('Docker media types and attestations do not go together', async () => {
  await expect(build({ sbom: true }, { ociMediaTypes: false })).rejects.toThrow(
    'attestations need OCI media types, which an output of type oci turns off',
  );
});

async function vcsOf(context: string): Promise<unknown> {
  const { attestations } = await builder.build({ context, provenance: { mode: 'min' } });
  return JSON.parse(JSON.stringify(attestations[PLATFORM]?.[0]?.predicate)).runDetails.metadata.buildkit_metadata.vcs;
}

async function saveBase(): Promise<Descriptor> {
  const dockerfile = 'FROM scratch\nCOPY a /base\n';
  const { outputs } = await builder.build({ context: { files: { a: 'base' } }, dockerfile, tags: ['base'] });
  const descriptor = outputs[0]?.descriptor;
  if (descriptor === undefined) throw new Error('one output with a manifest');
  return descriptor;
}

async function build(options: Partial<BuildOptions>, output: { ociArtifact?: boolean; ociMediaTypes?: boolean } = {}) {
  await saveBase();
  return builder.build({
    context: { files: { a: 'a' } },
    dockerfile: DOCKERFILE,
    ...options,
    outputs: [{ type: 'oci', dest: join(folder, 'layout'), tar: false, ...output }],
  });
}

async function readBlob(descriptor: Descriptor | undefined) {
  if (descriptor === undefined) throw new Error('no such blob');
  const bytes = await readFile(join(folder, 'layout', 'blobs', 'sha256', digestHex(descriptor.digest)));
  expect(digestOf(bytes)).toBe(descriptor.digest);
  return JSON.parse(bytes.toString());
}

function lines(start: number, end: number) {
  return { locations: [{ ranges: [{ start: { line: start }, end: { line: end } }] }] };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
