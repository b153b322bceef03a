import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheRecord, digestFromHex, toDiffId } from '@tsbuild/core';
import { openStore } from '@tsbuild/store';
import { buildFixture } from '@tsbuild/testing';
import { describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { editConfig } from '../support/edit-config.ts';
import { testWith } from '../support/parts.ts';

const DOCKERFILE = 'FROM busybox\nRUN date +%s%N > /stamp\nCOPY a /\n';

/** Changes every record of a RUN. */
async function changeExecRecords(root: string, change: (record: CacheRecord) => CacheRecord): Promise<number> {
  await using store = await openStore({ root });
  const names = await readdir(join(root, 'cache'), { recursive: true });
  let changed = 0;
  for (const hex of names.map((name) => name.slice(3)).filter((name) => name.length === 64)) {
    const key = digestFromHex(hex);
    const record = await store.records.get(key);
    if (record === undefined || !('onto' in record)) continue;
    await store.records.put(key, change(record));
    changed += 1;
  }
  return changed;
}

describe('a RUN made in a weaker sandbox', () => {
  testWith('root', 'busybox')('runs again in a stronger one, and its result is used from then on', async () => {
    await using fixture = await buildFixture({ Dockerfile: DOCKERFILE, a: 'a' });
    await saveBusybox(fixture.builder);
    const { image } = await fixture.build();
    const { root } = fixture.builder;
    expect((await fixture.build()).ran).toEqual([]);
    expect(await changeExecRecords(root, (record) => ({ ...record, tier: 'chroot' }))).toBe(1);

    const again = await fixture.build();

    expect(again.ran).toEqual(['RUN date +%s%N > /stamp']);
    expect(again.image.id).not.toBe(image.id);
    expect((await fixture.build()).ran).toEqual([]);
  });
});

describe('a base image whose config names other layers than it has', () => {
  testWith('root', 'busybox')('fails the build and is recorded under no key', async () => {
    await using fixture = await buildFixture({ Dockerfile: 'FROM liar\nCOPY a /etc/\nRUN echo 1 > /one\n', a: 'a' });
    await saveBusybox(fixture.builder);
    const { builder } = fixture;
    await builder.build({
      context: { files: { b: 'b' } },
      dockerfile: 'FROM busybox\nCOPY b /etc/b\n',
      tags: ['liar'],
    });
    await editConfig(builder.root, 'docker.io/library/liar:latest', (config) => ({
      ...config,
      rootfs: {
        type: 'layers',
        diff_ids: [...config.rootfs.diff_ids.slice(0, -1), toDiffId(digestFromHex('7'.repeat(64)))],
      },
    }));
    const before = (await readdir(join(builder.root, 'cache'), { recursive: true })).length;

    await expect(fixture.build()).rejects.toMatchObject({ code: 'ERR_TSBUILD_DIGEST_MISMATCH' });

    expect((await readdir(join(builder.root, 'cache'), { recursive: true })).length).toBe(before);
  });
});
