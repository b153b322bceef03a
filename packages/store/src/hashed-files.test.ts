import crypto from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { DigestMismatchError, digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { streamOf, temporaryStore, textOf } from '../test/temporary-store.ts';

const TEXT = 'x'.repeat(1_000_000);
const TARGET = { mediaType: '', digest: digestOf(TEXT), size: TEXT.length };
/** As it was before it counted. */
const { createHash } = crypto;

/** Bytes that are hashed piece by piece while `work` runs. */
async function hashedBytes(work: () => Promise<unknown>): Promise<number> {
  let bytes = 0;
  crypto.createHash = (name) => {
    const made = createHash(name);
    const update = made.update.bind(made);
    return Object.assign(made, {
      update(data: Uint8Array) {
        bytes += data.length;
        return update(data);
      },
    });
  };
  syncBuiltinESMExports();
  try {
    await work();
    return bytes;
  } finally {
    crypto.createHash = createHash;
    syncBuiltinESMExports();
  }
}

test('a large blob is hashed once by the store that wrote it, and once by each that reads it', async () => {
  const writer = await temporaryStore();
  const reader = await temporaryStore(writer.root);

  expect(await hashedBytes(() => writer.blobs.push(TARGET, streamOf(TEXT)))).toBe(TEXT.length);
  expect(await hashedBytes(async () => textOf(await writer.blobs.fetch(TARGET)))).toBe(0);
  expect(await hashedBytes(async () => textOf(await reader.blobs.fetch(TARGET)))).toBe(TEXT.length);
  expect(await hashedBytes(async () => textOf(await reader.blobs.fetch(TARGET)))).toBe(0);
  expect(await textOf(await reader.blobs.fetch(TARGET))).toBe(TEXT);
});

test('a blob that something has touched since is hashed again', async () => {
  const store = await temporaryStore();
  await store.blobs.push(TARGET, streamOf(TEXT));
  const path = store.blobs.path(TARGET.digest);
  const { ctimeMs } = statSync(path);
  while (statSync(path).ctimeMs === ctimeMs) {
    await sleep(5);
    writeFileSync(path, `y${TEXT.slice(1)}`);
  }

  await expect(store.blobs.fetch(TARGET).then(textOf)).rejects.toThrow(DigestMismatchError);

  expect(await store.blobs.stat(TARGET.digest)).toBeUndefined();
});
