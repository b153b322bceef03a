import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { runNode, startNode } from '../test/run-node.ts';
import { age, temporaryRoot, temporaryStore } from '../test/temporary-store.ts';
import { openStore } from './index.ts';

test('16 processes do the same work once and all have its result', async () => {
  const root = await temporaryRoot();
  const script = `
    import { appendFileSync } from 'node:fs';
    const store = await openStore({ root });
    const key = digestOf('key');
    const record = await store.withLock('key', async () => {
      const found = await store.records.get(key);
      if (found) return found;
      appendFileSync(root + '.log', 'worked ');
      await new Promise((resolve) => setTimeout(resolve, 50));
      await store.records.put(key, { by: process.pid });
      return await store.records.get(key);
    });
    console.log(record.by);
    await store[Symbol.asyncDispose]();
  `;

  const results = await Promise.all(Array.from({ length: 16 }, () => runNode(script, [root])));

  expect(readFileSync(`${root}.log`, 'utf8')).toBe('worked ');
  expect(new Set(results).size).toBe(1);
  expect(readdirSync(join(root, 'tmp'))).toEqual([]);
});

/** Uses and writes random ones of 300 blobs, a store after the other, and counts what it had that was gone. */
const BUILDER = `
  const until = Date.now() + 1500;
  let builds = 0, hits = 0, lost = 0;
  while (Date.now() < until) {
    const store = await openStore({ root });
    const mine = [];
    for (let count = 0; count < 5; count += 1) {
      const text = String(Math.floor(Math.random() * 300)).repeat(300);
      const target = { mediaType: '', digest: digestOf(text), size: text.length };
      if (await store.blobs.stat(target.digest)) hits += 1;
      else await store.blobs.push(target, streamOf(text));
      mine.push(target);
    }
    for (const target of mine) {
      try { for await (const _ of await store.blobs.fetch(target)); } catch (error) { lost += 1; }
    }
    await store[Symbol.asyncDispose]();
    builds += 1;
  }
  console.log(JSON.stringify({ builds, hits, lost }));
`;

const PRUNER = `
  const until = Date.now() + 1500;
  let removed = 0;
  while (Date.now() < until) {
    const store = await openStore({ root });
    removed += (await store.prune({ all: true })).removed.length;
    await store[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  console.log(removed);
`;

test('what a process uses is never removed by prunes that run at the same time', async () => {
  const root = await temporaryRoot();
  {
    await using store = await openStore({ root });
    for (let number = 0; number < 300; number += 1) {
      await using ingest = await store.blobs.ingest();
      await ingest.write(Buffer.from(`${number}`.repeat(300)));
      await ingest.commit();
    }
    age(root, 1);
  }

  const [first, second, ...outputs] = await Promise.all([
    runNode(PRUNER, [root]),
    runNode(PRUNER, [root]),
    ...Array.from({ length: 4 }, () => runNode(BUILDER, [root])),
  ]);

  const counts = outputs.map((output): { builds: number; hits: number; lost: number } => JSON.parse(output));
  expect(counts.map(({ lost }) => lost)).toEqual([0, 0, 0, 0]);
  expect(Math.min(...counts.map(({ builds }) => builds))).toBeGreaterThan(0);
  expect(Number(first) + Number(second)).toBeGreaterThan(0);
  await using store = await openStore({ root });
  expect((await store.verify()).problems).toEqual([]);
});

/** Writes a layer, its tree and record, and moves a tag to a new image, over and over. */
const WRITER = `
  const store = await openStore({ root });
  console.log('ready');
  for (let count = 0; ; count += 1) {
    const text = args[0] + count;
    const ingest = await store.blobs.ingest();
    await ingest.write(Buffer.alloc(600_000, text));
    const { digest } = await ingest.commit();
    await store.trees.put(digest, Buffer.from(text));
    await store.layers.put({ diffId: toDiffId(digest), size: 600_000, forms: [] });
    await store.records.put(digestOf(text), { diffId: digest });
    const image = { mediaType: 'application/json', digest: digestOf(text), size: text.length };
    await store.blobs.push(image, streamOf(text));
    await store.references.tag(image, 'app');
  }
`;

test('a store whose writer is killed at any moment is valid', async () => {
  const root = await temporaryRoot();
  let records = 0;

  for (let round = 0; round < 20; round += 1) {
    const writer = startNode(WRITER, [root, `round ${round} `]);
    if (writer.stdout !== null) await once(writer.stdout, 'data');
    await sleep(Math.random() * 60);
    writer.kill('SIGKILL');
    await once(writer, 'close');

    await using store = await openStore({ root });
    const { problems } = await store.verify();
    expect(problems).toEqual([]);
    for (let count = 0; ; count += 1) {
      const record = await store.records.get(digestOf(`round ${round} ${count}`));
      if (record === undefined) break;
      const diffId = toDiffId(digestOf(Buffer.alloc(600_000, `round ${round} ${count}`)));
      expect(record).toEqual({ diffId });
      expect(await store.layers.get(diffId)).toMatchObject({ hasTar: true });
      records += 1;
    }
  }

  expect(records).toBeGreaterThan(0);
});

test('what a killed process left is removed when the store is next opened', async () => {
  const root = await temporaryRoot();
  const killed = startNode(
    `const store = await openStore({ root });
     const ingest = await store.blobs.ingest();
     await ingest.write(Buffer.alloc(600_000));
     await store.temporaryDirectory();
     console.log('ready');
     setInterval(() => {}, 1000);`,
    [root],
  );
  if (killed.stdout !== null) await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect(readdirSync(join(root, 'tmp'))).toHaveLength(1);

  await temporaryStore(root);

  await expect
    .poll(() => readdirSync(join(root, 'tmp')).filter((name) => name.includes(`-${killed.pid}-`)))
    .toEqual([]);
});

test('the lock of a killed process is free again within seconds', async () => {
  const root = await temporaryRoot();
  const killed = startNode(
    `const store = await openStore({ root });
     await store.withLock('key', async () => {
       console.log('ready');
       await new Promise((resolve) => setTimeout(resolve, 60_000));
     });`,
    [root],
  );
  if (killed.stdout !== null) await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  const store = await temporaryStore(root);

  const answer = await store.withLock('key', async () => 'mine', { signal: AbortSignal.timeout(10_000) });

  expect(answer).toBe('mine');
});

const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
const OPEN_AND_PUT = `
  try {
    const store = await openStore({ root });
    console.log(JSON.stringify(await store.records.get(digestOf('key'))));
    await store.records.put(digestOf('key'), {});
  } catch (error) {
    console.log(error.code, '-', error.message.replaceAll(root, 'ROOT').replace(/[0-9a-f]{12,}/g, 'HEX'));
  }
`;

test.skipIf(!isRoot)('(needs root) a store of another user is refused', async () => {
  const root = await temporaryRoot();
  await using store = await openStore({ root });
  spawnSync('chmod', ['0711', join(root, '..')]);
  await store.records.put(digestOf('key'), { layer: 'a' });

  expect(await runNode(OPEN_AND_PUT, [root], NOBODY)).toBe(
    'ERR_TSBUILD_PERMISSION - permission denied while opening the store "ROOT"\n',
  );
});

test.skipIf(!isRoot)('(needs root) a store that cannot be written to can be read', async () => {
  const root = await temporaryRoot();
  await using store = await openStore({ root });
  await store.records.put(digestOf('key'), { layer: 'a' });
  spawnSync('chmod', ['-R', 'a+rX', join(root, '..')]);

  const output = await runNode(OPEN_AND_PUT, [root], NOBODY);

  expect(output).toBe(
    '{"layer":"a"}\nERR_TSBUILD_PERMISSION - permission denied while writing to the store: ROOT/tmp/none\n',
  );
});

test.skipIf(!isRoot)('(needs root) a root that cannot be made is named', async () => {
  const root = await temporaryRoot();
  spawnSync('chmod', ['0755', join(root, '..')]);

  expect(await runNode(OPEN_AND_PUT, [root], NOBODY)).toBe(
    'ERR_TSBUILD_PERMISSION - permission denied while creating the store: ROOT\n',
  );
});

/** Runs a program where its mounts are nobody else's. */
const ISOLATED = ['unshare', '-m'] as const;
const canMount = spawnSync(ISOLATED[0], ['-m', 'true']).status === 0;

test.skipIf(!canMount)(
  '(needs unshare) a full disk is told as such, and leaves a valid store that can be pruned',
  async () => {
    const root = await temporaryRoot();
    const script = `
    const store = await openStore({ root });
    for (const bytes of [100, 300_000, 3_000_000]) {
      try {
        for (let count = 0; count < 10_000; count += 1) {
          const ingest = await store.blobs.ingest();
          try {
            await ingest.write(Buffer.alloc(bytes, String(count)));
            await ingest.commit();
          } finally {
            await ingest[Symbol.asyncDispose]();
          }
        }
      } catch (error) {
        console.log(error.code);
      }
    }
    console.log(JSON.stringify((await store.verify()).problems));
    await store[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const later = await openStore({ root });
    console.log((await later.prune({ all: true })).remaining);
    await later.records.put(digestOf('key'), {});
  `;
    const mountAndRun = 'mkdir -p "$0" && mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"';

    const output = await runNode(script, [root], { wrapper: [...ISOLATED, 'sh', '-c', mountAndRun, root] });

    expect(output).toBe('ERR_TSBUILD_DISK_FULL\nERR_TSBUILD_DISK_FULL\nERR_TSBUILD_DISK_FULL\n[]\n0\n');
  },
);

test.each(['on', 'once'])('a program that listens to a signal by `%s` lives on after its first lock', async (how) => {
  const script = `
    process.${how}('SIGTERM', () => console.log('heard'));
    const store = await openStore({ root });
    await store.withLock('key', async () => undefined);
    process.kill(process.pid, 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log('alive');
  `;

  expect(await runNode(script, [await temporaryRoot()])).toBe('heard\nalive\n');
});

test('a program that nobody made listen dies of a signal, and its locks with it', async () => {
  const root = await temporaryRoot();
  const script = `
    const store = await openStore({ root });
    await store.withLock('key', () => {
      process.kill(process.pid, 'SIGTERM');
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });
  `;

  const child = startNode(script, [root]);

  expect(await once(child, 'close')).toEqual([null, 'SIGTERM']);
  expect(readdirSync(join(root, 'locks'))).toEqual([]);
});
