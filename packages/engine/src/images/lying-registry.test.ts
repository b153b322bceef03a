import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Descriptor, digestOf, type ImageManifest, MEDIA_TYPES } from '@tsbuild/core';
import { type Fault, type IncomingRequest, startRegistry, type TestRegistry } from '@tsbuild/registry/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blobOf, jsonBytes, noise } from '../../../../test/support/registry/sample-image.ts';
import { createBuilder } from '../builder.ts';
import type { Builder } from '../builder-types.ts';

type Answer = Omit<Extract<Fault, { kind: 'answer' }>, 'kind'>;
type Lie = (request: IncomingRequest) => Answer | undefined;

const MEGABYTE = 1024 * 1024;
const DIFF_ID = digestOf('a layer');

let folder: string;
let registry: TestRegistry;
let lie: Lie = () => undefined;
/** What the registry has: a layer that is small, and one that has a connection of its own. */
let name: string;
let honest: ImageManifest;
let manifestBytes: number;
/** Bytes that a body without an end had to give. */
let given = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'liars-'));
  registry = await startRegistry({
    onRequest(request) {
      const answer = lie(request);
      return answer && { kind: 'answer', ...answer };
    },
  });
  name = `${registry.host}/app:1`;
  await using builder = await createBuilder({ root: join(folder, 'honest') });
  const { outputs } = await builder.build({
    context: { files: { small: 'small', large: noise('large', 5 * MEGABYTE) } },
    dockerfile: 'FROM scratch\nCOPY small /\nCOPY large /\n',
    outputs: [{ type: 'registry', name, compression: 'gzip' }],
  });
  const path = `${registry.url}/v2/app/manifests/${outputs[0]?.descriptor?.digest}`;
  const text = await (await fetch(path)).text();
  honest = JSON.parse(text);
  manifestBytes = text.length;
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  given = 0;
});
afterEach(() => {
  lie = () => undefined;
});

async function* forever(): AsyncGenerator<Uint8Array> {
  for (const bytes = Buffer.alloc(64 * 1024, ' '); ; given += bytes.byteLength) yield bytes;
}

/** The same answer to whatever is read below `part`. */
function answering(part: string, answer: () => Answer): Lie {
  return ({ method, path }) => (method === 'GET' && path.includes(part) ? answer() : undefined);
}

const sending = (body: Answer['body'], length?: number) => (): Answer => ({
  status: 200,
  ...(length === undefined ? {} : { headers: { 'content-length': `${length}` } }),
  ...(body === undefined ? {} : { body }),
});
const endless = (length?: number) => (): Answer => ({ ...sending(forever(), length)() });
const leading = (location: string) => (): Answer => ({ status: 307, headers: { location } });

/** The tag stands for this document, of which everything that is told is true. */
function tagged(bytes: Buffer, mediaType: string = MEDIA_TYPES.ociManifest): Lie {
  const headers = {
    'content-type': mediaType,
    'content-length': `${bytes.length}`,
    'docker-content-digest': digestOf(bytes),
  };
  return ({ path }) => (path.includes('/manifests/') ? { status: 200, headers, body: bytes } : undefined);
}

/** The image has this config. */
function configured(text: string): Lie {
  const config = blobOf(Buffer.from(text), MEDIA_TYPES.ociConfig);
  const manifest = tagged(jsonBytes({ ...honest, config }));
  return (request) => manifest(request) ?? answering(config.digest, sending(text))(request);
}

/** A document with one member more. */
const withMember = (document: object, member: string): string => JSON.stringify(document).replace('{', `{${member},`);
const deep = `"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`;

const { ociIndex } = MEDIA_TYPES;
const INVALID = 'ERR_TSBUILD_INVALID_MANIFEST';
const TOO_LARGE = 'ERR_TSBUILD_TOO_LARGE';
const OTHER_SIZE = 'ERR_TSBUILD_SIZE_MISMATCH';
const OTHER_DIGEST = 'ERR_TSBUILD_DIGEST_MISMATCH';
const NOT_FOLLOWED = 'ERR_TSBUILD_REGISTRY';

const LIES: readonly (readonly [string, string, () => Lie])[] = [
  ['a manifest of other bytes', OTHER_DIGEST, () => answering('/manifests/', sending(noise('x', manifestBytes)))],
  ['a manifest of another size', OTHER_SIZE, () => answering('/manifests/', sending('x'.repeat(100_000)))],
  ['a manifest without an end', OTHER_SIZE, () => answering('/manifests/', endless())],
  ['a manifest larger than any', TOO_LARGE, () => tagged(Buffer.alloc(5 * MEGABYTE, ' '))],
  ['a manifest of brackets', INVALID, () => tagged(Buffer.from('['.repeat(MEGABYTE)))],
  ['a manifest with a deep member', INVALID, () => tagged(Buffer.from(withMember(honest, deep)))],
  ['a manifest that is an index, too', INVALID, () => tagged(jsonBytes({ ...honest, manifests: 'all' }))],
  ['a manifest that is told to be an index', INVALID, () => tagged(jsonBytes(honest), ociIndex)],
  ['an index that is told to be a manifest', INVALID, () => tagged(jsonBytes(index({ mediaType: ociIndex })))],
  ['an index of nothing', INVALID, () => tagged(jsonBytes(index({ manifests: 'all' })), ociIndex)],
  ['a manifest of a foreign type', INVALID, () => tagged(jsonBytes(honest), 'text/html')],
  [
    'a config larger than any',
    TOO_LARGE,
    () => tagged(jsonBytes({ ...honest, config: { ...honest.config, size: 1e12 } })),
  ],
  [
    'a config of other bytes',
    OTHER_DIGEST,
    () => answering(honest.config.digest, sending(noise('x', honest.config.size))),
  ],
  ['a config without an end', OTHER_SIZE, () => answering(honest.config.digest, endless())],
  ['a config of brackets', INVALID, () => configured('['.repeat(MEGABYTE))],
  ['a config with a deep member', INVALID, () => configured(withMember(config(), deep))],
  ['a config with a history that is none', INVALID, () => configured(withMember(config(), '"history":{"length":1e9}'))],
  ['a small layer of other bytes', OTHER_DIGEST, () => answering(small().digest, sending(noise('x', small().size)))],
  ['a small layer without an end', OTHER_SIZE, () => answering(small().digest, endless())],
  [
    'a large layer of other bytes',
    OTHER_DIGEST,
    () => answering(large().digest, sending(noise('x', large().size), large().size)),
  ],
  ['a large layer without an end', OTHER_SIZE, () => answering(large().digest, endless())],
  ['a large layer of another length', OTHER_SIZE, () => answering(large().digest, endless(1e12))],
  ['a layer on the link', NOT_FOLLOWED, () => answering(large().digest, leading('http://169.254.169.254/blob'))],
  ['a layer in a file', NOT_FOLLOWED, () => answering(large().digest, leading('file:///etc/passwd'))],
  ['a layer in a circle', NOT_FOLLOWED, () => answering(large().digest, leading(`/v2/app/blobs/${large().digest}`))],
];

const WAYS: readonly (readonly [string, (builder: Builder) => Promise<unknown>])[] = [
  [
    'pulled',
    async (builder) => {
      await builder.pull(name).finally(async () => expect(await builder.images()).toEqual([]));
    },
  ],
  [
    'built on',
    async (builder) => {
      const { image } = await builder.build({ context: { files: {} }, dockerfile: `FROM ${name}\nLABEL a=b\n` });
      return (await image.tree()).read('large');
    },
  ],
];

describe.each(WAYS)('a registry that lies of what is %s', (way, get) => {
  test.each(LIES)('%s is an error: %s', async (what, code, tell) => {
    const root = join(folder, `${way} ${what}`);
    await using builder = await createBuilder({ root });
    lie = tell();

    await expect(get(builder)).rejects.toMatchObject({ code, message: expect.stringMatching(/^[ -~]{10,400}$/) });

    expect(given).toBeLessThan(64 * MEGABYTE);
    expect(await builder.verify()).toMatchObject({ problems: [] });
    expect(await leftOvers(root)).toEqual([]);
  });
});

/** Files that nobody has finished. */
async function leftOvers(root: string): Promise<string[]> {
  const names = await readdir(join(root, 'tmp'), { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map(({ name: file }) => file);
}

function index(members: object): object {
  return { schemaVersion: 2, manifests: [], ...members };
}

const small = (): Descriptor => honest.layers[0] ?? honest.config;
const large = (): Descriptor => honest.layers[1] ?? honest.config;

function config(): object {
  return { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [DIFF_ID, DIFF_ID] } };
}
