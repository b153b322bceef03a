import { mkdir, writeFile } from 'node:fs/promises';
import { digestOf } from '@tsbuild/core';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { openStore } from '@tsbuild/store';
import { mustRun } from '../support/command.ts';
import type { TempFolder } from '../support/temp-folder.ts';
import { timed } from './statistics.ts';

const OTHER_RECORDS = 10_000;
const FILES = 50_000;
const FILES_A_FOLDER = 100;

/** What cached builds cost in a process that has built before, by what they are. */
export interface CachedBuilds extends AsyncDisposable {
  measure(): Promise<ReadonlyMap<string, number>>;
}

/** Builds of 100 steps in a store of their own and in one with many other records, and a COPY of many files. */
export async function openCachedBuilds(folder: TempFolder): Promise<CachedBuilds> {
  const steps = await contextOfSteps(folder);
  const tree = await contextOfFiles(folder);
  const alone = await createBuilder({ root: folder.file('cached-100') });
  const among = await createBuilder({ root: folder.file('other-records') });
  await addRecords(among);
  const builds = new Map<string, () => Promise<unknown>>([
    ['cached-100, in process', () => alone.build({ context: steps, tags: ['cached'] })],
    ['other-records: the same among them', () => among.build({ context: steps, tags: ['cached'] })],
    ['cached COPY of 50,000 files', () => alone.build({ context: tree, tags: ['tree'] })],
    ['find -size of 50,000 files', () => mustRun(['find', tree, '-size', '+1M'])],
  ]);
  for (const build of [...builds.values(), ...builds.values()]) await build();
  return {
    async measure() {
      const samples = new Map<string, number>();
      for (const [what, build] of builds) samples.set(what, await timed(build));
      return samples;
    },
    async [Symbol.asyncDispose]() {
      await alone[Symbol.asyncDispose]();
      await among[Symbol.asyncDispose]();
    },
  };
}

async function contextOfSteps(folder: TempFolder): Promise<string> {
  const context = folder.file('steps');
  await mkdir(context);
  const numbers = Array.from({ length: 50 }, (_, at) => at);
  for (const at of numbers) await writeFile(`${context}/f${at}`, `${at}\n`);
  const lines = numbers.map((at) => `COPY f${at} /d${at}/\nWORKDIR /w${at}\n`);
  await writeFile(`${context}/Dockerfile`, `FROM scratch\n${lines.join('')}`);
  return context;
}

async function contextOfFiles(folder: TempFolder): Promise<string> {
  const context = folder.file('files');
  for (let at = 0; at < FILES; at++) {
    const place = `${context}/tree/${Math.floor(at / FILES_A_FOLDER)}`;
    if (at % FILES_A_FOLDER === 0) await mkdir(place, { recursive: true });
    await writeFile(`${place}/${at}`, `${at}\n`);
  }
  await writeFile(`${context}/Dockerfile`, 'FROM scratch\nCOPY tree /tree/\n');
  return context;
}

async function addRecords({ root }: Builder): Promise<void> {
  await using store = await openStore({ root });
  for (let at = 0; at < OTHER_RECORDS; at++) await store.records.put(digestOf(`other ${at}`), { at });
}
