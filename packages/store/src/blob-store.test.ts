import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Descriptor,
  DigestMismatchError,
  digestOf,
  NotFoundError,
  parseDigest,
  SizeMismatchError,
} from '@tsbuild/core';
import { expect, test } from 'vitest';
import { streamOf, temporaryStore, textOf } from '../test/temporary-store.ts';
import type { Store } from './index.ts';

const HELLO = {
  mediaType: 'text/plain',
  digest: parseDigest('sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'),
  size: 5,
} satisfies Descriptor;

/** Everything in the folder of blobs and in the scratch space of live processes. */
function filesOf(store: Store): string[] {
  const temporary = join(store.root, 'tmp');
  const scratch = readdirSync(temporary).flatMap((name) => readdirSync(join(temporary, name)));
  return [...readdirSync(join(store.root, 'blobs/sha256')), ...scratch];
}

function plant(store: Store, bytes: string): string {
  const path = store.blobs.path(HELLO.digest);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

test('a pushed blob is a file named by its digest and can be fetched', async () => {
  const store = await temporaryStore();

  await store.blobs.push(HELLO, streamOf('he', 'llo'));

  expect(readFileSync(join(store.root, 'blobs/sha256', HELLO.digest.slice(7)), 'utf8')).toBe('hello');
  expect(await textOf(await store.blobs.fetch(HELLO))).toBe('hello');
  expect(await store.blobs.exists(HELLO)).toBe(true);
  expect(await store.blobs.stat(HELLO.digest)).toEqual({ size: 5 });
  expect(await store.blobs.readAll(HELLO.digest, 5)).toEqual(Buffer.from('hello'));
});

test('a blob that is not there is not found', async () => {
  const store = await temporaryStore();

  expect(await store.blobs.exists(HELLO)).toBe(false);
  expect(await store.blobs.stat(HELLO.digest)).toBeUndefined();
  expect(await store.blobs.readAll(HELLO.digest, 5)).toBeUndefined();
  expect(await store.blobs.remove(HELLO.digest)).toBe(false);
  await expect(store.blobs.fetch(HELLO)).rejects.toThrow(NotFoundError);
});

test('a removed blob is gone', async () => {
  const store = await temporaryStore();
  await store.blobs.push(HELLO, streamOf('hello'));

  expect(await store.blobs.remove(HELLO.digest)).toBe(true);

  expect(await store.blobs.exists(HELLO)).toBe(false);
});

test('the empty blob is a blob', async () => {
  const store = await temporaryStore();
  const empty = { mediaType: 'text/plain', digest: digestOf(''), size: 0 };

  await store.blobs.push(empty, streamOf());

  expect(await textOf(await store.blobs.fetch(empty))).toBe('');
});

test('pushing other bytes than the descriptor says is refused and leaves nothing', async () => {
  const store = await temporaryStore();
  await store.blobs.push({ ...HELLO, digest: digestOf('kept'), size: 4 }, streamOf('kept'));

  await expect(store.blobs.push(HELLO, streamOf('hallo'))).rejects.toThrow(DigestMismatchError);
  await expect(store.blobs.push(HELLO, streamOf('hell'))).rejects.toThrow(SizeMismatchError);
  await expect(store.blobs.push(HELLO, streamOf('hello', 'hello'))).rejects.toThrow(SizeMismatchError);

  expect(filesOf(store)).toEqual([digestOf('kept').slice(7)]);
});

test('a push whose stream fails leaves nothing', async () => {
  const store = await temporaryStore();
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(600_000);
    throw new Error('connection reset');
  }

  await expect(store.blobs.push({ ...HELLO, size: 1_000_000 }, failing())).rejects.toThrow('connection reset');

  expect(readdirSync(join(store.root, 'tmp')).flatMap((name) => readdirSync(join(store.root, 'tmp', name)))).toEqual(
    [],
  );
});

test('pushing what is there ends the stream unread', async () => {
  const store = await temporaryStore();
  await store.blobs.push(HELLO, streamOf('hello'));
  let isReleased = false;
  const stream = new ReadableStream({
    cancel: () => {
      isReleased = true;
    },
  });

  await store.blobs.push(HELLO, stream.values());

  expect(isReleased).toBe(true);
});

test('an aborted push leaves nothing', async () => {
  const store = await temporaryStore();
  const aborted = AbortSignal.abort(new Error('stop'));

  await expect(store.blobs.push(HELLO, streamOf('hello'), { signal: aborted })).rejects.toThrow('stop');

  expect(await store.blobs.exists(HELLO)).toBe(false);
});

test('a blob with a flipped byte fails before its last chunk and is missing from then on', async () => {
  const store = await temporaryStore();
  plant(store, 'hellp');
  let seen = 0;

  const read = async () => {
    for await (const bytes of await store.blobs.fetch(HELLO)) seen += bytes.byteLength;
  };

  await expect(read()).rejects.toThrow(DigestMismatchError);
  expect(seen).toBe(0);
  await expect(store.blobs.fetch(HELLO)).rejects.toThrow(NotFoundError);
});

test('a truncated blob is missing once it was read', async () => {
  const store = await temporaryStore();
  truncateSync(plant(store, 'hello'), 3);

  expect(await store.blobs.exists(HELLO)).toBe(false);
  await expect(store.blobs.fetch(HELLO)).rejects.toThrow(DigestMismatchError);
  expect(await store.blobs.stat(HELLO.digest)).toBeUndefined();
});

test('a descriptor with the wrong size does no harm to a good blob', async () => {
  const store = await temporaryStore();
  await store.blobs.push(HELLO, streamOf('hello'));

  expect(await store.blobs.exists({ ...HELLO, size: 4 })).toBe(false);
  await expect(store.blobs.fetch({ ...HELLO, size: 4 })).rejects.toThrow(SizeMismatchError);
  expect(await textOf(await store.blobs.fetch(HELLO))).toBe('hello');
});

test('a large blob with a flipped byte fails before its last chunk', async () => {
  const store = await temporaryStore();
  const bytes = 'x'.repeat(1_000_000);
  const target = { mediaType: '', digest: digestOf(bytes), size: bytes.length };
  await store.blobs.push(target, streamOf(bytes));
  writeFileSync(store.blobs.path(target.digest), `y${bytes.slice(1)}`);
  const other = await temporaryStore(store.root);
  let seen = 0;

  const read = async () => {
    for await (const chunk of await other.blobs.fetch(target)) seen += chunk.byteLength;
  };

  await expect(read()).rejects.toThrow(DigestMismatchError);
  expect(seen).toBeLessThan(1_000_000);
  expect(await store.blobs.stat(target.digest)).toBeUndefined();
});

test('readAll takes a damaged blob for a missing one', async () => {
  const store = await temporaryStore();
  plant(store, 'hellp');

  expect(await store.blobs.readAll(HELLO.digest, 5)).toBeUndefined();
  expect(await store.blobs.stat(HELLO.digest)).toBeUndefined();
});

test('readAll refuses a blob above the limit', async () => {
  const store = await temporaryStore();
  await store.blobs.push(HELLO, streamOf('hello'));

  await expect(store.blobs.readAll(HELLO.digest, 4)).rejects.toMatchObject({ code: 'ERR_TSBUILD_TOO_LARGE' });
});

test('storing a blob again heals a damaged one', async () => {
  const store = await temporaryStore();
  plant(store, 'hellp');
  await using ingest = await store.blobs.ingest();
  await ingest.write(Buffer.from('hello'));

  await ingest.commit();

  expect(await textOf(await store.blobs.fetch(HELLO))).toBe('hello');
});

test('a blob that is healed elsewhere while it is found damaged is not removed', async () => {
  const store = await temporaryStore();
  const bytes = Buffer.alloc(100_000, 'x');
  const target = { mediaType: '', digest: digestOf(bytes), size: bytes.length };
  mkdirSync(dirname(store.blobs.path(target.digest)), { recursive: true });
  writeFileSync(store.blobs.path(target.digest), Buffer.alloc(100_000, 'y'));
  const stream = await store.blobs.fetch(target);
  const other = await temporaryStore(store.root);
  await using ingest = await other.blobs.ingest();
  await ingest.write(bytes);
  await ingest.commit();

  await expect(textOf(stream)).rejects.toThrow(DigestMismatchError);

  expect(await textOf(await store.blobs.fetch(target))).toBe(bytes.toString());
});

test('links and folders under the name of a blob are not the blob, and give way to it', async () => {
  const store = await temporaryStore();
  const path = store.blobs.path(HELLO.digest);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(store.root, 'elsewhere'), 'hello');
  symlinkSync('../../elsewhere', path);

  expect(await store.blobs.exists(HELLO)).toBe(false);
  await expect(store.blobs.fetch(HELLO)).rejects.toThrow(NotFoundError);
  await store.blobs.push(HELLO, streamOf('hello'));
  expect(await textOf(await store.blobs.fetch(HELLO))).toBe('hello');

  await store.blobs.remove(HELLO.digest);
  mkdirSync(join(path, 'junk'), { recursive: true });
  expect(await store.blobs.stat(HELLO.digest)).toBeUndefined();
  await expect(store.blobs.fetch(HELLO)).rejects.toThrow(NotFoundError);
  await store.blobs.push(HELLO, streamOf('hello'));
  expect(await textOf(await store.blobs.fetch(HELLO))).toBe('hello');
});

test('a stream that nobody reads to its end releases its file', async () => {
  const store = await temporaryStore();
  const bytes = 'x'.repeat(1_000_000);
  const target = { mediaType: 'text/plain', digest: digestOf(bytes), size: bytes.length };
  await store.blobs.push(target, streamOf(bytes));
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();

  for (let count = 0; count < 20; count += 1) {
    for await (const _ of await store.blobs.fetch(target)) break;
  }

  expect(open()).toBeLessThan(before + 5);
});
