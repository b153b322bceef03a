import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@tsbuild/core';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { openStore } from '@tsbuild/store';
import { expect, test } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { saveBusybox } from '../support/busybox.ts';
import { countFsCalls, type FsCalls } from '../support/fs-calls.ts';
import { openTempFolder } from '../support/temp-folder.ts';

const STEPS = Array.from({ length: 50 }, (_, at) => `COPY f${at} /d${at}/\nWORKDIR /w${at}\n`);
const FILES = Object.fromEntries(STEPS.map((_, at) => [`f${at}`, `file ${at}\n`]));

/** Calls of a build of which everything is cached, and which is not the first such in its process. */
async function costOfCachedBuild(builder: Builder, context: string): Promise<FsCalls> {
  const build = () => builder.build({ context, tags: ['app:dev'] });
  await build();
  // Files that have just been written are hashed again; then their digests are remembered.
  await sleep(300);
  await build();
  await build();
  let statuses = new Set<string>();
  const calls = await countFsCalls(async () => {
    statuses = new Set((await build()).steps.map(({ status }) => status));
  });
  expect([...statuses]).toEqual(['cached']);
  return calls;
}

async function openBuild(files: Readonly<Record<string, string>>) {
  const folder = await openTempFolder();
  const context = folder.file('context');
  await writeFiles(context, files);
  return { folder, context, root: folder.file('store') };
}

/** Everything that changes what is on the disk, or waits for it. */
const CHANGES =
  /^(append|ch|copy|cp|f?datasync|fsync|fu?times|l?chown|link|lutimes|mk|rename|rm|symlink|trunc|unlink|ut|write)/;

test('a cached build of 100 steps writes its own record, waits for no disk, and asks little', async () => {
  const { folder, context, root } = await openBuild({ Dockerfile: `FROM scratch\n${STEPS.join('')}`, ...FILES });
  await using _ = folder;
  await using builder = await createBuilder({ root });

  const calls = await costOfCachedBuild(builder, context);

  // The folder of the record and the record; the folder of all records is there.
  expect(Object.entries(calls).filter(([name]) => CHANGES.test(name))).toEqual([
    ['mkdirSync', 2],
    ['writeFileSync', 1],
    ['writeSync', 1],
  ]);
  // A context file's, a record's, a layer's, and its blob's again and again: by the step and for the image.
  expect(calls.lstatSync).toBeLessThan(8 * 100);
  expect(calls).not.toHaveProperty('open');
  const others = Object.entries(calls).filter(([name]) => name !== 'lstatSync');
  expect(others.reduce((sum, [, count]) => sum + count, 0)).toBeLessThan(25);
});

test('each of many cached RUNs asks for its own layer only, not again for all below', async () => {
  const commands = Array.from({ length: 30 }, (_, at) => `RUN echo ${at} > /${at}\n`);
  const { folder, context, root } = await openBuild({ Dockerfile: `FROM busybox\n${commands.join('')}` });
  await using _ = folder;
  await using builder = await createBuilder({ root });
  await saveBusybox(builder);

  const { lstatSync: looks } = await costOfCachedBuild(builder, context);

  expect(looks).toBeGreaterThan(0);
  expect(looks).toBeLessThan(10 * commands.length);
});

test('1,000 other records in the store change none of it', async () => {
  const { folder, context, root } = await openBuild({ Dockerfile: `FROM scratch\n${STEPS.join('')}`, ...FILES });
  await using _ = folder;
  await using builder = await createBuilder({ root });
  const alone = await costOfCachedBuild(builder, context);
  await using store = await openStore({ root });
  for (let at = 0; at < 1_000; at++) await store.records.put(digestOf(`other ${at}`), { at });
  await store.flush(); // what is written is synced meanwhile

  expect(await costOfCachedBuild(builder, context)).toEqual(alone);
});

test('copied files add their lstat and nothing else', async () => {
  const tree = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`tree/f${at}`, `${at}\n`]));
  const few = await openBuild({ Dockerfile: 'FROM scratch\nCOPY tree /tree/\n', ...tree(100) });
  await using _ = few.folder;
  const many = await openBuild({ Dockerfile: 'FROM scratch\nCOPY tree /tree/\n', ...tree(1_100) });
  await using __ = many.folder;
  await using builder = await createBuilder({ root: few.root });
  const { lstatSync: looks = 0, ...others } = await costOfCachedBuild(builder, few.context);

  expect(await costOfCachedBuild(builder, many.context)).toEqual({ ...others, lstatSync: looks + 1_000 });
});
