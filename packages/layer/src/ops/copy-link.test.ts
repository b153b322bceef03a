import { expect, test } from 'vitest';
import { copy, RecordedLayer, treeOf } from '../../test/recorded-layer.ts';
import { writeCopy } from './copy.ts';
import { recordLookups } from './facts.ts';
import { selectSources } from './select.ts';

const from = treeOf({ f: 'x', 'd/s/': { mode: 0o711 }, 'd/s/n': 'n' });
const onto = treeOf({
  'tmp/': { mode: 0o1777 },
  'o/': { mode: 0o700 },
  'o/s/k': 'k',
  'real/k': 'k',
  l: { symlink: 'real' },
});

test.each([
  [
    'existing directories come out as 0755 of root',
    ['f'],
    '/tmp/f',
    ['directory 755 0:0 tmp', 'file 644 0:0 tmp/f = x'],
  ],
  ['links are replaced by directories', ['f'], '/l/f', ['directory 755 0:0 l', 'file 644 0:0 l/f = x']],
  ['a directory is replaced by a file', ['f'], '/tmp', ['file 644 0:0 tmp = x']],
  [
    'a tree brings its own modes',
    ['d'],
    '/o/',
    ['directory 755 0:0 o', 'directory 711 0:0 o/s', 'file 644 0:0 o/s/n = n'],
  ],
])('%s', async (_, sources, target, expected) => {
  expect(await copy(sources, target, { from, onto, link: true })).toEqual(expected);
});

test('relative targets start at the working directory, --chown and --chmod work as ever', async () => {
  expect(await copy(['f'], 'sub/f', { from, onto, link: true, workdir: '/w', chown: '3:4', chmod: '600' })).toEqual([
    'directory 600 3:4 w',
    'directory 600 3:4 w/sub',
    'file 600 3:4 w/sub/f = x',
  ]);
});

test('the destination is not asked anything', async () => {
  const recording = recordLookups(onto);
  const sources = [{ selection: selectSources(from, { sources: ['f', 'd'] }) }];

  await writeCopy(new RecordedLayer(), {
    sources,
    destination: recording.tree,
    target: '/l/',
    workdir: '/',
    link: true,
    createdTime: 0,
  });

  expect(recording.facts()).toEqual({ lookups: {}, owners: {} });
});

test('names of owners are an error', async () => {
  await expect(copy(['f'], '/f', { from, onto, link: true, chown: 'bin' })).rejects.toThrow(/user or group "bin"/);
});
