import { readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openTempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

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
