import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestHex } from '@tsbuild/core';
import { startRegistry } from '@tsbuild/registry/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { Builder } from '../builder-types.ts';

let folder: string;
let builder: Builder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'));
  builder = await createBuilder({ root: join(folder, 'store') });
});
afterEach(async () => {
  await builder[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function build(tags: readonly string[], text = 'one') {
  const dockerfile = 'FROM scratch\nCOPY a /\nCOPY b /\nLABEL kind=test\nCMD ["/a"]\n';
  return builder.build({ context: { files: { a: text, b: 'two' } }, dockerfile, tags });
}

async function names(): Promise<(string | undefined)[]> {
  return (await builder.images()).map(({ reference }) => reference).sort();
}

test('an image is found by name, by id, and by the beginning of its id', async () => {
  const { image } = await build(['app:1', 'other/app:2']);
  const { id } = image;

  for (const text of ['app:1', 'docker.io/library/app:1', id, digestHex(id), digestHex(id).slice(0, 5)])
    expect((await builder.inspect(text)).id).toBe(id);
  await expect(builder.inspect('app')).rejects.toThrow('no such image: "app"');
  expect((await builder.inspect('app:1')).tags).toEqual(['app:1', 'other/app:2']);
});

test('the history has the bytes of each layer', async () => {
  await build(['app']);

  const { history, size } = await builder.inspect('app');

  expect(history.map(({ created_by, size: bytes }) => `${created_by}: ${bytes}`)).toEqual([
    'COPY a / # buildkit: 2048',
    'COPY b / # buildkit: 2048',
    'LABEL kind=test: 0',
    'CMD ["/a"]: 0',
  ]);
  expect(size).toBe(4096);
});

test('an image that was built without a name gets one by its id', async () => {
  const { image } = await build([]);

  await builder.tag(image.id, 'late');

  expect(await names()).toEqual(['docker.io/library/late:latest']);
  await expect(builder.tag('late', `late@${image.id}`)).rejects.toThrow('a name to give has no digest');
});

test('removing takes names, and with the last one the image', async () => {
  const { image } = await build(['app:1', 'app:2', 'other:1']);

  await expect(builder.remove(image.id)).rejects.toThrow('must be forced');
  expect(await builder.remove('app:1')).toEqual([{ untagged: 'app:1' }]);
  expect(await builder.remove('other:1', { noPrune: true })).toEqual([{ untagged: 'other:1' }]);
  expect(await builder.remove('app:2')).toEqual([{ untagged: 'app:2' }, { deleted: image.id }]);
  expect(await names()).toEqual([]);
  await expect(builder.inspect(image.id)).rejects.toThrow('no such image');
  // What was built is cache, and a build that needs it finds it.
  expect((await build([])).steps.map(({ status }) => status)).toEqual(['cached', 'cached']);
});

test('an image forced away by its id loses every name', async () => {
  const { image } = await build(['app:1', 'other:1']);

  expect(await builder.remove(image.id, { force: true })).toEqual([
    { untagged: 'app:1' },
    { untagged: 'other:1' },
    { deleted: image.id },
  ]);
});

test('what is pushed is pulled again, and is known by its digest', async () => {
  await using registry = await startRegistry();
  const name = `${registry.host}/app:1`;
  const { image } = await build([name]);

  const [pushed] = await builder.push(name);
  await using other = await createBuilder({ root: join(folder, 'other') });
  const [pulled] = await other.pull(name);

  expect(pulled).toEqual({ reference: name, id: image.id, digest: pushed?.digest, isNew: true });
  expect((await other.pull(name))[0]?.isNew).toBe(false);
  const repoDigest = `${registry.host}/app@${pushed?.digest}`;
  expect((await builder.inspect(name)).repoDigests).toEqual([repoDigest]);
  expect((await other.inspect(name)).repoDigests).toEqual([repoDigest]);
  expect((await (await (await other.image(name)).tree()).read('a')).toString()).toBe('one');
  await registry.close();
  expect((await other.inspect(`${registry.host}/app@${pushed?.digest}`)).id).toBe(image.id);
});

test('removing a pulled image removes its layers, except those that another name leads to', async () => {
  await using registry = await startRegistry();
  for (const [tag, text] of [
    ['1', 'one'],
    ['2', 'three'],
  ] as const) {
    await build([`${registry.host}/app:${tag}`], text);
    await builder.push(`${registry.host}/app:${tag}`);
  }
  await using other = await createBuilder({ root: join(folder, 'other') });
  await other.pull(`${registry.host}/app`, { allTags: true });
  const { config, id, repoDigests } = await other.inspect(`${registry.host}/app:1`);

  const removals = await other.remove(`${registry.host}/app:1`);

  expect(removals).toEqual([
    { untagged: `${registry.host}/app:1` },
    { untagged: repoDigests[0] },
    { deleted: id },
    { deleted: config.rootfs.diff_ids[0] },
  ]);
  expect((await (await (await other.image(`${registry.host}/app:2`)).tree()).read('b')).toString()).toBe('two');
});

test('a second push sends one layer, config and manifest; another repository is sent no layer', async () => {
  await using registry = await startRegistry();
  const uploads = () =>
    registry.requests.splice(0).filter(({ method, path }) => method === 'POST' && !/mount=/.test(path));
  await build([`${registry.host}/app:1`]);
  await builder.push(`${registry.host}/app:1`);
  expect(uploads()).toHaveLength(3);

  await build([`${registry.host}/app:1`], 'changed');
  await builder.push(`${registry.host}/app:1`);
  expect(uploads()).toHaveLength(2);

  await builder.tag(`${registry.host}/app:1`, `${registry.host}/copy:1`);
  const statuses: string[] = [];
  await builder.push(`${registry.host}/copy:1`, {
    onProgress: ({ status }) => {
      if (status !== 'copying') statuses.push(status);
    },
  });
  // The config goes, and the manifest.
  expect(statuses.sort()).toEqual(['copied', 'copied', 'mounted', 'mounted']);
});

test('all tags go and come', async () => {
  await using registry = await startRegistry();
  await build([`${registry.host}/app:1`, `${registry.host}/app:2`, 'app:3']);

  const pushed = await builder.push(`${registry.host}/app`, { allTags: true });
  await using other = await createBuilder({ root: join(folder, 'other') });
  const pulled = await other.pull(`${registry.host}/app`, { allTags: true });

  expect(pushed.map(({ reference }) => reference)).toEqual([`${registry.host}/app:1`, `${registry.host}/app:2`]);
  expect(pulled.map(({ reference }) => reference)).toEqual([`${registry.host}/app:1`, `${registry.host}/app:2`]);
  await expect(builder.push(`${registry.host}/app:1`, { allTags: true })).rejects.toThrow("tag can't be used");
  await expect(other.pull(`${registry.host}/app:1`, { allTags: true })).rejects.toThrow("tag can't be used");
  await expect(builder.push(`${registry.host}/app:9`)).rejects.toThrow('an image does not exist locally');
});

test('another platform than the image has is not pulled', async () => {
  await using registry = await startRegistry();
  const name = `${registry.host}/app:1`;
  await build([name]);
  await builder.push(name);

  await expect(builder.pull(name, { platform: 'linux/s390x' })).rejects.toThrow('not for linux/s390x');
});

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of stream) chunks.push(bytes);
  return Buffer.concat(chunks);
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test.each(['docker', 'oci'] as const)(
  'several images in one %s archive share layers and come back equal',
  async (format) => {
    await build(['app:1', 'app:2']);
    await build(['other:1'], 'changed');

    const archive = await bytesOf(await builder.save(['app', 'other:1'], { format }));
    await using other = await createBuilder({ root: join(folder, 'other') });
    const loaded = await other.load(once(archive));

    expect(loaded.map(({ tag }) => tag)).toEqual(['app:1', 'app:2', 'other:1']);
    // Three layers of 2 kB, of which one is shared.
    expect(archive.length).toBeLessThan(22_000);
    const digests = async (from: Builder) => (await from.images()).map(({ descriptor }) => descriptor.digest).sort();
    expect(await digests(other)).toEqual(await digests(builder));
    expect(archive.equals(await bytesOf(await other.save(['app', 'other:1'], { format })))).toBe(true);
  },
);

test('a tar becomes an image whose layer it is, with the changes that were asked for', async () => {
  await build(['base']);
  const { history } = await builder.inspect('base');
  expect(history).toHaveLength(4);
  const tar = await bytesOf(await builder.save(['base']));

  const id = await builder.import(once(tar), {
    tag: 'made:1',
    message: 'by hand',
    platform: 'linux/arm64',
    changes: ['ENV A=1 B="$A 2"', 'CMD ["/bin/sh"]', 'expose 80', 'LABEL x=y', 'WORKDIR /w', 'USER me'],
  });

  const { config, tags } = await builder.inspect(id);
  expect(tags).toEqual(['made:1']);
  expect(config.config).toEqual({
    User: 'me',
    ExposedPorts: { '80/tcp': {} },
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'A=1', 'B= 2'],
    Cmd: ['/bin/sh'],
    ArgsEscaped: true,
    WorkingDir: '/w',
    Labels: { x: 'y' },
  });
  expect([config.architecture, config.history?.[0]?.comment]).toEqual(['arm64', 'by hand']);
  expect((await (await builder.image('made:1')).tree()).lookup('oci-layout')?.type).toBe('file');
});

test.each([
  ['RUN true', '"RUN" is not a valid change'],
  ['FROM x', '"FROM" is not a valid change'],
  ['CMD x\nRUN y', '"CMD" is not a valid change'],
  ['HEALTHCHECK --nope CMD x', 'nope'],
])('the change %j is refused', async (change, problem) => {
  await expect(builder.import(once(Buffer.alloc(1024)), { changes: [change] })).rejects.toThrow(problem);
  expect(await builder.images()).toEqual([]);
});

test('a registry that sends other layers than it says is found out by the store, and the name stays as it was', async () => {
  let honest: string | undefined;
  await using registry = await startRegistry({
    onRequest: ({ method, path }) =>
      honest !== undefined && method === 'GET' && path.includes('/blobs/') && !path.includes(honest)
        ? { kind: 'answer', status: 200, body: 'x'.repeat(40) }
        : undefined,
  });
  const name = `${registry.host}/app:1`;
  const { image } = await build([name]);
  await builder.push(name);
  await using other = await createBuilder({ root: join(folder, 'other') });
  honest = image.id;

  await expect(other.pull(name)).rejects.toThrow(/has (?:digest|\d+ bytes)/);
  expect(await other.images()).toEqual([]);

  honest = undefined;
  expect((await other.pull(name))[0]?.isNew).toBe(true);
});
