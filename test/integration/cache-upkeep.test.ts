import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBuilder } from '@tsbuild/engine';
import { expect, test } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

/** A store with an image that has a name, and one that has none. */
async function storeWithImages() {
  const folder = await openTempFolder();
  const context = folder.file('context');
  await writeFiles(context, { a: 'a'.repeat(100_000), b: 'b'.repeat(50_000) });
  const root = folder.file('store');
  await using builder = await createBuilder({ root });
  await builder.build({ context, dockerfile: 'FROM scratch\nCOPY a /\n', tags: ['named'] });
  await builder.build({ context, dockerfile: 'FROM scratch\nCOPY b /\n' });
  return { folder, root, context };
}

test('du tells kinds, sizes and what could go', async () => {
  const { folder, root } = await storeWithImages();
  await using _ = folder;

  const { stdout } = await mustTsbuild(root, ['du']);

  expect(stdout).toMatch(/^KIND +COUNT +SIZE +RECLAIMABLE\n/);
  expect(stdout).toMatch(/\nlayer +2 +1\d\d\.\d\dkB /);
  expect(stdout).toMatch(/\nReclaimable: [\d.]+kB\nTotal: [\d.]+kB\n$/);
  const lines = (await mustTsbuild(root, ['du', '--json'])).stdout.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).kind)).toContain('record');
  const layers = (await mustTsbuild(root, ['du', '--format', 'json', '--filter', 'kind=layer'])).stdout.trim();
  expect(layers.split('\n').map((line) => JSON.parse(line).kind)).toEqual(['layer', 'layer']);
  const verbose = (await mustTsbuild(root, ['du', '--verbose', '--filter', 'kind=layer'])).stdout;
  expect(verbose).toMatch(
    /^KIND +SIZE +LAST USED +IN USE +ID\nlayer +1\d\d\.\d\dkB +.* ago +\w+ +sha256:[0-9a-f]{64}\n/,
  );
  expect((await tsbuild(root, ['du', '--format', 'yaml'])).stderr).toContain('invalid value "yaml" for --format');
});

test('prune --all leaves named images, and they can be read', async () => {
  const { folder, root } = await storeWithImages();
  await using _ = folder;
  await sleep(200);

  const { stdout } = await mustTsbuild(root, ['prune', '--all']);

  expect(stdout).toMatch(/^removed \d+, freed [\d.]+kB, left [\d.]+(kB|B)\n$/);
  await mustTsbuild(root, ['store', 'verify']);
  await using builder = await createBuilder({ root });
  const { stdout: exported } = await mustTsbuild(root, ['images', '-q']);
  expect(exported.trim().split('\n')).toHaveLength(1);
  expect((await builder.image('named')).config.rootfs.diff_ids).toHaveLength(1);
});

test('a builder that prunes everything frees what its last build used, not what its running build uses', async () => {
  await using folder = await openTempFolder();
  await using builder = await createBuilder({ root: folder.file('store') });
  const build = (text: string, onEvent?: () => void) =>
    builder.build({
      context: { files: { a: text } },
      dockerfile: 'FROM scratch\nCOPY a /\n',
      ...(onEvent && { onEvent }),
    });
  const layers = async () => (await builder.usage()).filter(({ kind }) => kind === 'layer').length;
  await build('first');
  expect(await layers()).toBe(1);

  await builder.prune({ all: true });

  expect(await layers()).toBe(0);
  let pruned: Promise<{ readonly removed: readonly unknown[] }> | undefined;
  const { image } = await build('second', () => {
    pruned ??= builder.prune({ all: true });
  });
  expect((await pruned)?.removed).toEqual([]);
  expect((await (await image.tree()).read('/a')).toString()).toBe('second');
});

test('prune removes what was not used for long enough, and only the kinds that are asked for', async () => {
  const { folder, root } = await storeWithImages();
  await using _ = folder;
  await sleep(200);

  expect((await mustTsbuild(root, ['prune', '--keep-duration', '1h'])).stdout).toMatch(/^removed 0, freed 0B/);
  expect((await mustTsbuild(root, ['prune', '--filter', 'until=24h'])).stdout).toMatch(/^removed 0, freed 0B/);
  expect((await mustTsbuild(root, ['prune', '--filter', 'kind=mount'])).stdout).toMatch(/^removed 0, freed 0B/);
  const { stdout } = await mustTsbuild(root, ['prune', '--filter', 'kind=lineage', '--verbose']);
  expect(stdout.split('\n')[0]).toMatch(/^lineage [0-9a-z:]+ /);
});

test('a builder with a limit removes what no named image needs', async () => {
  const { folder, root, context } = await storeWithImages();
  await using _ = folder;
  await sleep(200);
  {
    await using builder = await createBuilder({ root, maxStoreSize: 10_000 });
    await builder.build({ context, dockerfile: 'FROM scratch\nCOPY <<EOF /c\nc\nEOF\n' });
  }

  await using builder = await createBuilder({ root });
  const layers = (await builder.usage()).filter(({ kind }) => kind === 'layer');

  const sizes = layers.map(({ size }) => Math.floor(size / 10_000)).sort();
  expect(sizes).toEqual([0, 10]);
});

test('store verify finds what is damaged, and store rm removes everything', async () => {
  const { folder, root } = await storeWithImages();
  await using _ = folder;
  await writeFiles(root, { [`blobs/sha256/${'0'.repeat(64)}`]: 'not what it is called' });

  const { exitCode, stdout } = await tsbuild(root, ['store', 'verify']);
  expect({ exitCode, first: stdout.split('\n')[0] }).toEqual({
    exitCode: 1,
    first: `damaged: blobs/sha256/${'0'.repeat(64)}`,
  });
  await mustTsbuild(root, ['store', 'verify', '--repair']);
  expect((await mustTsbuild(root, ['store', 'verify'])).stdout).toMatch(/, 0 problems\n$/);
  await mustTsbuild(root, ['store', 'rm']);
  expect(existsSync(root)).toBe(false);
});
