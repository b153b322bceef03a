import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openTempFolder } from '../support/temp-folder.ts';
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

// Node starts in 40 ms, and reads and compiles about 20 files or 500 kB in the same time.
test.each([
  ['--help', 16, 160_000],
  ['--version', 16, 160_000],
  ['build --help', 30, 260_000],
  ['__complete -- build --prog', 40, 300_000],
])('tsbuild %s loads at most %i files', async (line, files, bytes) => {
  const loaded = await loadedBy(...line.split(' '));
  expect(loaded.files).toBeGreaterThan(1);
  expect(loaded.files).toBeLessThanOrEqual(files);
  expect(loaded.bytes).toBeLessThanOrEqual(bytes);
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
