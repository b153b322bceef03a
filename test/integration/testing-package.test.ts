import { fork } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createBuilder } from '@tsbuild/engine';
import { buildFixture } from '@tsbuild/testing';
import '@tsbuild/testing/vitest';
import { afterAll, beforeAll, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const sandboxTest = testWith('root', 'busybox');
const WORKERS = 4;
const TESTING = pathToFileURL(createRequire(import.meta.url).resolve('@tsbuild/testing')).href;

let folder: TempFolder;
let store = '';

beforeAll(async () => {
  folder = await openTempFolder();
  store = folder.file('store');
  if (!hasPart('root') || !hasPart('busybox')) return;
  await using builder = await createBuilder({ root: store });
  await saveBusybox(builder);
});

afterAll(() => folder[Symbol.asyncDispose]());

sandboxTest('an image is run, and what it prints is compared', async () => {
  const Dockerfile = 'FROM busybox\nUSER daemon\nENV MODE=test\nENTRYPOINT ["sh", "-c"]\n';
  await using fixture = await buildFixture({ Dockerfile }, { store });
  const { image } = await fixture.build();

  await expect(image).toRun(['echo $MODE; id -un'], { stdout: 'test\ndaemon\n' });
  await expect(image).toRun(['cat; echo no >&2; exit 3'], { stdin: 'in', exitCode: 3, stdout: /^in$/, stderr: /no/g });
  await expect(image).toRun(['id -u'], { user: '7', stdout: '7\n' });
  await expect(image).not.toRun(['false']);
  await expect(expect(image).toRun(['echo one; exit 2'], { stdout: 'two\n' })).rejects.toThrow(
    '"echo one; exit 2" ended with status 2, expected 0 and printed something else to stdout, expected "two\\n": stdout "one\\n", stderr ""',
  );
});

sandboxTest('two builds of RUN steps are compared file by file', async () => {
  const clock = 'FROM busybox\nRUN echo 1 > /same\nRUN cat /proc/uptime /proc/sys/kernel/random/uuid > /clock\n';
  await using fixture = await buildFixture({ Dockerfile: clock }, { store });

  await expect(fixture).toBeReproducible({ dockerfile: 'FROM busybox\nRUN echo 1 > /same && mkdir -p /a/b\n' });
  await expect(expect(fixture).toBeReproducible()).rejects.toThrow(/two builds gave .*: layer 3 differs in clock$/);
});

sandboxTest('processes that share a store do each step once, and all get one image', async () => {
  await mkdir(folder.file('workers'));
  const script = folder.file('workers', 'worker.mjs');
  await writeFile(script, WORKER);
  const results = await Promise.all(Array.from({ length: WORKERS }, () => runWorker(script)));

  expect(new Set(results.map(({ id }) => id)).size).toBe(1);
  expect(results.flatMap(({ ran }) => ran).sort()).toEqual([
    'COPY a /',
    'RUN cat /proc/sys/kernel/random/uuid > /once',
  ]);
});

interface WorkerResult {
  readonly id: string;
  readonly ran: readonly string[];
}

function runWorker(script: string): Promise<WorkerResult> {
  const worker = fork(script, [TESTING, store]);
  return new Promise((resolve, reject) => {
    worker.once('message', (message: WorkerResult) => resolve(message));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the worker ended with status ${code}`)));
  });
}

/** As a worker of a test runner would: fixtures of its own, in a store that all have. */
const WORKER = `
const [, , testing, store] = process.argv;
const { buildFixture } = await import(testing);
const Dockerfile = 'FROM busybox\\nCOPY a /\\nRUN cat /proc/sys/kernel/random/uuid > /once\\n';
const fixture = await buildFixture({ Dockerfile, a: '1' }, { store });
const { image, ran } = await fixture.build();
await fixture[Symbol.asyncDispose]();
process.send({ id: image.id, ran });
`;
