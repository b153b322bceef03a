import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type Descriptor, parseReference } from '@tsbuild/core';
import { type Builder, type BuildOptions, createBuilder, verifySignature } from '@tsbuild/engine';
import { copyImage, createRegistryClient } from '@tsbuild/registry';
import { startRegistry } from '@tsbuild/registry/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustRun } from '../support/command.ts';
import { cosignKeys, cosignKeysOfLibsodium, NACL } from '../support/cosign-key.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

const KEYS = cosignKeys('secret');
const OTHERS = cosignKeys('other');
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

let folder: TempFolder;
let builder: Builder;

beforeAll(async () => {
  folder = await openTempFolder();
  builder = await createBuilder({ root: folder.file('store') });
  await writeFile(folder.file('cosign.key'), KEYS.privateKey);
  await writeFile(folder.file('cosign.pub'), KEYS.publicKey);
});

afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('a signature', () => {
  test('is there for the index and for the image of every platform', async () => {
    await using registry = await startRegistry();
    const tag = `${registry.host}/team/app:1`;
    const { outputs } = await pushSigned(tag, { platforms: PLATFORMS, provenance: true });
    const { manifests } = await readManifest(tag, '1');
    const names = manifests.map(({ digest }: Descriptor) => `${registry.host}/team/app@${digest}`);
    const [amd64, arm64, attestations] = names;

    expect((await verifySignature(tag, KEYS.publicKey)).digest).toBe(outputs[0]?.descriptor?.digest);
    for (const image of [amd64, arm64]) await verifySignature(image, KEYS.publicKey);
    await expect(verifySignature(attestations, KEYS.publicKey)).rejects.toThrow('it has no signature');
  });

  testWith('docker-registry', 'openssl')('is one of the payload, as openssl sees it', async () => {
    await using registry = await startDockerRegistry();
    const tag = `${registry.host}/team/app:1`;
    const { outputs } = await pushSigned(tag);
    const digest = outputs[0]?.descriptor?.digest ?? '';
    const { layers } = await readManifest(tag, `${digest.replace(':', '-')}.sig`);
    const payload = await readBlob(tag, layers[0]);
    await writeFile(folder.file('payload'), payload);
    await writeFile(
      folder.file('payload.sig'),
      Buffer.from(layers[0].annotations['dev.cosignproject.cosign/signature'], 'base64'),
    );
    const openssl = ['openssl', 'dgst', '-sha256', '-verify', folder.file('cosign.pub')];

    expect(JSON.parse(payload.toString())).toEqual({
      critical: {
        identity: { 'docker-reference': `${registry.host}/team/app` },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    });
    expect(await mustRun([...openssl, '-signature', folder.file('payload.sig'), folder.file('payload')])).toBe(
      'Verified OK\n',
    );
  });

  testWith('/usr/bin/python3', NACL)('is made with a key that libsodium encrypted', async () => {
    await using registry = await startRegistry();
    const tag = `${registry.host}/team/app:1`;
    const { privateKey, publicKey } = await cosignKeysOfLibsodium('secret');
    await push(tag, { sign: { key: { value: privateKey }, password: 'secret' } });

    await verifySignature(tag, publicKey);
  });
});

describe('verifySignature', () => {
  test('takes what the key signed, under a tag or as a referrer, and nothing else', async () => {
    await using registry = await startRegistry();
    for (const attach of ['tag', 'referrer'] as const) {
      const tag = `${registry.host}/team/${attach}:1`;
      const { outputs } = await push(tag, { sign: { key: { value: KEYS.privateKey }, password: 'secret', attach } });

      expect(await verifySignature(tag, KEYS.publicKey)).toEqual({
        digest: outputs[0]?.descriptor?.digest,
        reference: `${registry.host}/team/${attach}`,
      });
      await expect(verifySignature(tag, OTHERS.publicKey)).rejects.toMatchObject({
        code: 'ERR_TSBUILD_SIGNATURE',
        message: `image ${tag} is not verified: none of its 1 signatures is by this key for this image`,
      });
    }
    await push(`${registry.host}/team/plain:1`);
    await expect(verifySignature(`${registry.host}/team/plain:1`, KEYS.publicKey)).rejects.toThrow(
      'is not verified: it has no signature',
    );
  });

  test('does not take the signature of another image, or of the same one elsewhere', async () => {
    await using registry = await startRegistry();
    const tag = `${registry.host}/team/app:1`;
    const { outputs } = await pushSigned(tag);
    const signatures = `${(outputs[0]?.descriptor?.digest ?? '').replace(':', '-')}.sig`;
    const copied = `${registry.host}/evil/app:1`;
    await push(copied);
    await copyTag(`${registry.host}/team/app`, `${registry.host}/evil/app`, signatures, signatures);
    const other = await push(`${registry.host}/team/other:1`, { labels: { other: 'image' } });
    const otherSignatures = `${(other.outputs[0]?.descriptor?.digest ?? '').replace(':', '-')}.sig`;
    await copyTag(`${registry.host}/team/app`, `${registry.host}/team/other`, signatures, otherSignatures);

    await expect(verifySignature(copied, KEYS.publicKey)).rejects.toThrow('none of its 1 signatures');
    await expect(verifySignature(`${registry.host}/team/other:1`, KEYS.publicKey)).rejects.toThrow(
      'none of its 1 signatures',
    );
  });
});

test('signing again with the same key adds nothing, with another key a second signature', async () => {
  await using registry = await startRegistry();
  const tag = `${registry.host}/team/app:1`;
  const { outputs } = await pushSigned(tag);
  const signatures = `${(outputs[0]?.descriptor?.digest ?? '').replace(':', '-')}.sig`;
  await pushSigned(tag);
  expect((await readManifest(tag, signatures)).layers).toHaveLength(1);
  await push(tag, { sign: { key: { value: OTHERS.privateKey }, password: 'other' } });

  expect((await readManifest(tag, signatures)).layers).toHaveLength(2);
  await verifySignature(tag, KEYS.publicKey);
  await verifySignature(tag, OTHERS.publicKey);
});

describe('the command', () => {
  const args = ['build', '--quiet', '--push', '--sign', 'key=cosign.key'];

  test('signs with the password of the environment', async () => {
    await using registry = await startRegistry();
    await writeFile(folder.file('Dockerfile'), 'FROM scratch\nCOPY cosign.pub /\n');
    const tag = `${registry.host}/team/app:1`;
    const env = { COSIGN_PASSWORD: 'secret' };
    await mustTsbuild(folder.file('store'), [...args, '-t', tag, '.'], { cwd: folder.path, env });

    await verifySignature(tag, await readFile(folder.file('cosign.pub')));
  });

  test('with a wrong password, or nothing to push, builds nothing', async () => {
    const options = { cwd: folder.path, env: { COSIGN_PASSWORD: 'wrong' } };
    const wrong = await tsbuild(folder.file('store'), [...args, '-t', 'localhost:1/app', '.'], options);
    const local = await tsbuild(folder.file('store'), ['build', '--sign', 'key=cosign.key', '.'], options);

    expect(wrong.stderr).toContain('the signing key cannot be used: the password is wrong, or the key is damaged');
    expect(local.stderr).toContain('there is nothing to sign: no output pushes to a registry');
  });
});

function pushSigned(tag: string, options: Partial<BuildOptions> = {}) {
  return push(tag, { ...options, sign: { key: { file: folder.file('cosign.key') }, password: 'secret' } });
}

function push(tag: string, options: Partial<BuildOptions> = {}) {
  const context = { files: { a: 'a' } };
  const outputs = [{ type: 'registry' }] as const;
  return builder.build({ context, dockerfile: 'FROM scratch\nCOPY a /\n', tags: [tag], outputs, ...options });
}

async function copyTag(from: string, to: string, tag: string, as: string): Promise<void> {
  await using client = createRegistryClient();
  const [source, target] = [from, to].map((name) => client.repository(parseReference(name)));
  if (source === undefined || target === undefined) throw new Error('two repositories');
  await copyImage(source, target, tag, { tags: [as] });
}

async function readManifest(image: string, tag: string) {
  await using client = createRegistryClient();
  const repository = client.repository(parseReference(image));
  return JSON.parse((await collect(await repository.fetch(await repository.resolve(tag)))).toString());
}

async function readBlob(image: string, descriptor: Descriptor) {
  await using client = createRegistryClient();
  const bytes = await collect(await client.repository(parseReference(image)).fetch(descriptor));
  expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(descriptor.digest);
  return bytes;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const bytes of chunks) all.push(Uint8Array.from(bytes));
  return Buffer.concat(all);
}
