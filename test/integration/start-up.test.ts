import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BuildEvent } from '@tsbuild/core';
import { build, createBuilder } from '@tsbuild/engine';
import { startRegistry } from '@tsbuild/registry/server';
import { expect, test } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mountsOf } from '../support/processes.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

interface Loaded {
  readonly files: number;
  readonly bytes: number;
}

/** The files that Node ran for a command line, as its coverage lists them. */
async function loadedBy(...args: string[]): Promise<Loaded> {
  await using folder = await openTempFolder();
  await mustTsbuild(folder.file('store'), args, { env: { NODE_V8_COVERAGE: folder.file('coverage') } });
  const [report = ''] = await readdir(folder.file('coverage'));
  const { result } = JSON.parse(await readFile(folder.file('coverage', report), 'utf8')) as {
    readonly result: readonly { readonly url: string }[];
  };
  const paths = result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return { files: paths.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

// Node starts in 40 ms, and reads and compiles about 50 files or 500 kB in the same time.
test.each([
  ['--help', 4, 160_000],
  ['--version', 5, 160_000],
  ['build --help', 5, 260_000],
  ['__complete -- build --prog', 7, 300_000],
])('tsbuild %s loads at most %i files', async (line, files, bytes) => {
  const loaded = await loadedBy(...line.split(' '));
  expect(loaded.files).toBeGreaterThan(1);
  expect(loaded.files).toBeLessThanOrEqual(files);
  expect(loaded.bytes).toBeLessThanOrEqual(bytes);
});

test('a build loads at most 6 files', async () => {
  await using folder = await openTempFolder();
  await writeFile(folder.file('Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
  const loaded = await loadedBy('build', '--quiet', folder.path);
  expect(loaded.files).toBeGreaterThan(1);
  expect(loaded.files).toBeLessThanOrEqual(6);
  expect(loaded.bytes).toBeLessThanOrEqual(700_000);
});

test('of the HTTP client the command has what proxies need', async () => {
  await using folder = await openTempFolder();
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on('connect', ({ url }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const env = { https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const { stderr } = await tsbuild(folder.file('store'), ['pull', 'registry.example/app:1'], { env });
  proxy.close();
  expect(asked).toContain('registry.example:443');
  expect(stderr).toContain('Proxy response (403)');
});

/** Whether a sandbox has its folder in the store. */
async function hasSandbox(root: string): Promise<boolean> {
  const names = await readdir(`${root}/tmp`, { recursive: true });
  return names.some((name) => name.includes('/sandbox-'));
}

interface BaseRegistry extends AsyncDisposable {
  /** An image that it has. */
  readonly base: string;
  /** What each request found. */
  readonly sandboxes: boolean[];
}

/** A registry that looks at the store in `root` before it answers; with `isPatient` it waits until it sees a sandbox. */
async function openBaseRegistry(folder: TempFolder, root: string, isPatient: boolean): Promise<BaseRegistry> {
  const sandboxes: boolean[] = [];
  let isOpen = false;
  const onRequest = async () => {
    while (isOpen && isPatient && !(await hasSandbox(root))) await sleep(10);
    if (isOpen) sandboxes.push(await hasSandbox(root));
    return undefined;
  };
  const registry = await startRegistry({ onRequest });
  const base = `${registry.host}/base:1`;
  await using builder = await createBuilder({ root: folder.file('pushed') });
  await saveBusybox(builder);
  await builder.tag('busybox', base);
  await builder.push(base);
  isOpen = true;
  return { base, sandboxes, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

test('the sandbox starts while a registry is asked for the base of a RUN', async () => {
  await using folder = await openTempFolder();
  const root = folder.file('store');
  await using registry = await openBaseRegistry(folder, root, true);
  const dockerfile = `FROM ${registry.base} AS run\nRUN echo ran > /ran\nFROM scratch\nCOPY --from=run /ran /\n`;
  await build({ root, context: { files: {} }, dockerfile });
  expect(registry.sandboxes).toContain(true);
});

/** Layers that are unpacked in the store. */
function unpackedIn(root: string): readonly string[] {
  const folder = `${root}/snapshots`;
  return existsSync(folder) ? readdirSync(folder).flatMap((name) => readdirSync(`${folder}/${name}`)) : [];
}

test('a base that is not there is unpacked for its RUN at once, and a COPY before it reads nothing for itself', async () => {
  await using folder = await openTempFolder();
  const root = folder.file('store');
  await using registry = await openBaseRegistry(folder, root, false);
  const dockerfile = `FROM ${registry.base}\nCOPY f /\nRUN test -f /f\n`;
  const names = new Map<string, string>();
  const snapshots: Record<string, number> = {};
  const onEvent = (event: BuildEvent): void => {
    if (event.type === 'step-defined') names.set(event.step, event.name);
    if (event.type === 'step-finished') snapshots[names.get(event.step) ?? ''] = unpackedIn(root).length;
  };
  await build({ root, context: { files: { f: '' } }, dockerfile, onEvent });
  // Of the base after COPY, of all layers after RUN.
  expect(snapshots).toMatchObject({ '[2/3] COPY f /': 1, '[3/3] RUN test -f /f': 3 });
});

test('nothing is left of a sandbox that was started in vain', async () => {
  await using folder = await openTempFolder();
  const root = folder.file('store');
  await using registry = await openBaseRegistry(folder, root, true);
  const dockerfile = `FROM ${registry.base}-missing\nRUN true\n`;
  await expect(build({ root, context: { files: {} }, dockerfile })).rejects.toThrow('not found');
  expect(registry.sandboxes).toContain(true);
  expect([await readdir(`${root}/tmp`), await mountsOf(root)]).toEqual([[], []]);
});

test('a base that no RUN needs starts no sandbox', async () => {
  await using folder = await openTempFolder();
  const root = folder.file('store');
  await using registry = await openBaseRegistry(folder, root, false);
  const dockerfile = `FROM ${registry.base} AS unused\nRUN true\nFROM ${registry.base}\nCOPY f /\n`;
  await build({ root, context: { files: { f: '' } }, dockerfile });
  expect(registry.sandboxes.length).toBeGreaterThan(1);
  expect(registry.sandboxes).not.toContain(true);
});
