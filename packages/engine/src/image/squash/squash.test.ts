import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ingestLayer, mergeTrees } from '@tsbuild/layer';
import { openStore } from '@tsbuild/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../../builder.ts';
import type { BuildOptions, Squash } from '../../options.ts';
import { createLayers } from '../../solve/layers.ts';
import { treeDifference } from './tree-difference.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'squash-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A tar of what a shell makes in an empty folder. */
function tarOf(script: string): Buffer {
  const root = join(folder, 'root');
  execFileSync('sh', ['-c', `rm -rf ${root}; mkdir ${root} && cd ${root} && ${script}`]);
  return execFileSync('tar', ['--sort=name', '--mtime=@0', '-cf', '-', '-C', root, '.'], { maxBuffer: 2 ** 26 });
}

const BASE = 'FROM scratch\nCOPY base /\n';
const APP = `FROM base AS deps
COPY one /d/one
COPY two /d/two
FROM deps AS app
COPY three /d/one
FROM app
COPY four /d/four
CMD ["x"]
`;
const FILES = { 'base/b': 'base', 'base/d/old': 'old', one: '1', two: '2', three: '3', four: '4' };

async function build(options: Partial<BuildOptions> = {}) {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  await builder.build({ context: { files: FILES }, dockerfile: BASE, tags: ['base'] });
  const { image, steps, outputs } = await builder.build({ context: { files: FILES }, dockerfile: APP, ...options });
  const layers = await image.layers();
  const tree = await image.tree();
  return {
    image,
    outputs,
    layers: layers.map(({ entries }) =>
      [...entries()].map(({ path, type }) => (type === 'whiteout' ? `-${path}` : path)),
    ),
    files: await Promise.all(
      ['b', 'd/old', 'd/one', 'd/two', 'd/four'].map(async (path) => String(await tree.read(path))),
    ),
    statuses: steps.map(({ status }) => status),
  };
}

const ONE = ['d', 'd/one'];
const TWO = ['d', 'd/two'];
const LAST = ['d', 'd/four'];

const BELOW = ['b', 'd', 'd/old'];

test.each<[Squash | undefined, string[][]]>([
  [undefined, [BELOW, ONE, TWO, ONE, LAST]],
  ['all', [['b', 'd', 'd/four', 'd/old', 'd/one', 'd/two']]],
  ['base', [BELOW, ['d', 'd/four', 'd/one', 'd/two']]],
  ['stages', [BELOW, ['d', 'd/one', 'd/two'], ONE, LAST]],
  ['stage:deps', [BELOW, ONE, TWO, ['d', 'd/four', 'd/one']]],
  ['stage:App', [BELOW, ONE, TWO, ONE, LAST]],
])('squash=%s', async (squash, expected) => {
  const { layers, files } = await build(squash === undefined ? {} : { squash });
  expect(layers).toEqual(expected);
  expect(files).toEqual(['base', 'old', '3', '2', '4']);
});

test('steps stay cached one by one, and the layer is made once and the same everywhere', async () => {
  const first = await build({ squash: 'base' });
  expect((await build()).statuses).toEqual(['cached', 'cached', 'cached', 'cached']);
  expect((await build({ squash: 'base' })).image.id).toBe(first.image.id);
  await rm(join(folder, 'store'), { recursive: true });
  const again = await build({ squash: 'base' });
  expect(again.image.config.rootfs).toEqual(first.image.config.rootfs);
});

test('the history keeps its steps, and one entry more has the layer', async () => {
  const plain = await build();
  const { image } = await build({ squash: 'base' });
  const { history = [] } = image.config;
  expect(history.map(({ created_by, comment, empty_layer }) => [created_by, comment, empty_layer])).toEqual([
    ['COPY base / # buildkit', 'buildkit.dockerfile.v0', undefined],
    ['COPY one /d/one # buildkit', 'buildkit.dockerfile.v0', true],
    ['COPY two /d/two # buildkit', 'buildkit.dockerfile.v0', true],
    ['COPY three /d/one # buildkit', 'buildkit.dockerfile.v0', true],
    ['COPY four /d/four # buildkit', 'buildkit.dockerfile.v0', true],
    [undefined, `merge ${plain.image.id}`, undefined],
    ['CMD ["x"]', 'buildkit.dockerfile.v0', true],
  ]);
  expect(image.config.config).toEqual(plain.image.config.config);
});

test('one output may have fewer layers than the others', async () => {
  const { outputs, layers } = await build({
    outputs: [
      { type: 'image', name: 'whole' },
      { type: 'image', name: 'small', squash: 'all' },
    ],
  });
  expect(layers).toHaveLength(5);
  expect(outputs[0]?.descriptor?.digest).not.toBe(outputs[1]?.descriptor?.digest);
  await using builder = await createBuilder({ root: join(folder, 'store') });
  expect((await builder.image('small')).config.rootfs.diff_ids).toHaveLength(1);
});

test('a stage that the image does not stand on is named', async () => {
  await expect(build({ squash: 'stage:dep' })).rejects.toThrow('the image does not stand on stage "dep"');
});

test('what a layer deletes of the base stays deleted, and what came and went leaves no trace', async () => {
  await using store = await openStore({ root: join(folder, 'store') });
  const layers = createLayers(store, () => Promise.reject(new Error('nothing is fetched')));
  const trees = [];
  for (const script of [
    'mkdir d kept && touch d/a d/b gone kept/x && ln gone linked',
    'mkdir d && touch d/.wh.a .wh.gone passing && mkdir kept && touch kept/.wh..wh..opq kept/y',
    'touch .wh.passing && mkdir d && touch d/c && ln -s c d/l',
  ]) {
    await using ingest = await store.blobs.ingest();
    const written = await ingestLayer(Readable.from([tarOf(script)]), ingest);
    await store.trees.put(written.diffId, written.index);
    trees.push(await layers.layerTree({ diffId: written.diffId }));
  }
  const entries = [...treeDifference(mergeTrees(trees), mergeTrees(trees.slice(0, 1)), 1)];
  expect(entries.map(({ path, type }) => `${type} ${path}`)).toEqual([
    'whiteout gone',
    'directory d',
    'whiteout d/a',
    'file d/c',
    'symlink d/l',
    'directory kept',
    'whiteout kept/x',
    'file kept/y',
  ]);
});
