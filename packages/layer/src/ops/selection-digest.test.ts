import { type Digest, digestOf } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { treeOf } from '../../test/recorded-layer.ts';
import { selectSources } from './select.ts';
import type { SelectSpec } from './selection.ts';
import { selectionDigest } from './selection-digest.ts';

type Files = Parameters<typeof treeOf>[0];

const FILES: Files = {
  'd/a': 'A',
  'd/b': { hardlink: 'd/a' },
  'd/l': { symlink: 'a' },
  'd/s/': { mode: 0o700 },
  'd/s/c': { content: 'C', mode: 0o600, uid: 5, gid: 6 },
};

async function identify(
  files: Files,
  { spec = { sources: ['d'] }, ownersCount = true, modesCount = true }: Partial<Options> = {},
): Promise<Digest> {
  const tree = treeOf(files);
  const selection = selectSources(tree, spec);
  return (await selectionDigest(selection, (paths) => tree.digests(paths), { ownersCount, modesCount })).digest;
}

interface Options {
  readonly spec: SelectSpec;
  readonly ownersCount: boolean;
  readonly modesCount: boolean;
}

test.each([
  ['a time', { ...FILES, 'd/s/c': { content: 'C', mode: 0o600, uid: 5, gid: 6, mtime: 1234 } }],
  ['a file that is not selected', { ...FILES, other: 'x' }],
  ['the mode of a symlink', { ...FILES, 'd/l': { symlink: 'a', mode: 0o755 } }],
  ['an xattr that is not kept', { ...FILES, 'd/s/': { mode: 0o700, xattrs: { 'user.x': Uint8Array.of(1) } } }],
  ['the mode of the directory itself', { ...FILES, 'd/': { mode: 0o711 } }],
] as const)('%s does not count', async (_, files) => {
  expect(await identify(files)).toBe(await identify(FILES));
});

test('where a tree lies in its context does not count', async () => {
  const moved = Object.fromEntries(
    Object.entries(FILES).map(([path, spec]) => [
      `x/${path}`,
      typeof spec === 'object' && spec.hardlink !== undefined ? { hardlink: 'x/d/a' } : spec,
    ]),
  );
  expect(await identify(moved, { spec: { sources: ['x/d'] } })).toBe(await identify(FILES));
});

test.each([
  ['a content', { ...FILES, 'd/s/c': { content: 'c', mode: 0o600, uid: 5, gid: 6 } }],
  ['a mode', { ...FILES, 'd/s/c': { content: 'C', mode: 0o644, uid: 5, gid: 6 } }],
  ['an owner', { ...FILES, 'd/s/c': { content: 'C', mode: 0o600, uid: 7, gid: 6 } }],
  ['the mode of a directory', { ...FILES, 'd/s/': { mode: 0o755 } }],
  ['the target of a link', { ...FILES, 'd/l': { symlink: 'b' } }],
  ['a hardlink', { ...FILES, 'd/b': 'A' }],
  ['a type', { ...FILES, 'd/l': 'a' }],
  ['one more file', { ...FILES, 'd/new': '' }],
  ['a capability', { ...FILES, 'd/s/': { mode: 0o700, xattrs: { 'security.capability': Uint8Array.of(1) } } }],
] as const)('%s counts', async (_, files) => {
  expect(await identify(files)).not.toBe(await identify(FILES));
});

test('owners and modes count only when they are kept', async () => {
  const other: Files = { ...FILES, 'd/s/c': { content: 'C', mode: 0o777, uid: 9, gid: 9 }, 'd/s/': { mode: 0o755 } };
  const options = { ownersCount: false, modesCount: false };
  expect(await identify(other, options)).toBe(await identify(FILES, options));
  expect(await identify(other, { ownersCount: false })).not.toBe(await identify(FILES, { ownersCount: false }));
});

test('the mode of a directory that is only passed always counts: an existing one takes it', async () => {
  const options = { spec: { sources: ['d/s/c'], parents: true }, ownersCount: true, modesCount: false };
  expect(await identify({ ...FILES, 'd/s/': { mode: 0o755 } }, options)).not.toBe(await identify(FILES, options));
});

test('the name of a file that is copied counts, and the order of sources', async () => {
  expect(await identify({ x: 'A' }, { spec: { sources: ['x'] } })).not.toBe(
    await identify({ y: 'A' }, { spec: { sources: ['y'] } }),
  );
  const two = { x: 'A', y: 'B' };
  expect(await identify(two, { spec: { sources: ['x', 'y'] } })).not.toBe(
    await identify(two, { spec: { sources: ['y', 'x'] } }),
  );
});

test('names cannot be arranged to look like other trees', async () => {
  const one = await identify({ 'd/a","b': 'x' });
  const other = await identify({ 'd/a': 'x', 'd/b': 'x' });
  expect(one).not.toBe(other);
});

test('the digests of the files come along, and those that the tree knows are not computed', async () => {
  const tree = treeOf(FILES);
  const known = digestOf('known');
  const knowing = {
    ...tree,
    lookup: (path: string) => {
      const entry = tree.lookup(path);
      return entry !== undefined && path === 'd/a' ? { ...entry, digest: known } : entry;
    },
  };
  const asked: string[] = [];
  const { files } = await selectionDigest(
    selectSources(knowing, { sources: ['d'] }),
    async (paths) => {
      asked.push(...paths);
      return tree.digests(paths);
    },
    { ownersCount: true, modesCount: true },
  );

  expect(asked).toEqual(['d/s/c']);
  expect(['d/a', 'd/s/c'].map((path) => files.get(path))).toEqual([
    known,
    'sha256:6b23c0d5f35d1b11f9b683f0b0a617355deb11277d91ae091d399c655b87940d',
  ]);
});

test('what is hashed is a JSON text for each entry, whatever its name is', async () => {
  const names = ['a"b', 'back\\slash', 'c\nd', 'del\u007f', 'not UTF-8 \udcff', 'ä😀'];
  const content = digestOf('x');
  const lines = names.map((name) =>
    JSON.stringify([name, 'file', false, 0o644, [0, 0], null, null, null, false, content]),
  );

  expect(await identify(Object.fromEntries(names.map((name) => [`d/${name}`, 'x'])))).toBe(
    digestOf(['selection/v1', '[null]', ...lines, ''].join('\n')),
  );
});

test('the identity of a tree is the same on every machine', async () => {
  expect(await identify(FILES)).toMatchInlineSnapshot(
    `"sha256:328cf8a443bc3b1a7e73273d9fe980a7e2deae01376dd920530ae895ee6f50a7"`,
  );
});
