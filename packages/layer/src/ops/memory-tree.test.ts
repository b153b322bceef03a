import { readTreeFile } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { memoryTree } from './memory-tree.ts';

test('parents are directories of root, and names are in code-unit order', () => {
  const tree = memoryTree([
    { path: 'd/b', content: 'B' },
    { path: '/d/a/', directory: true, mode: 0o700 },
    { path: 'd/Z' },
  ]);

  expect(tree.list('')).toEqual(['d']);
  expect(tree.list('d')).toEqual(['Z', 'a', 'b']);
  expect(tree.lookup('d')).toEqual({ path: 'd', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 });
  expect(tree.lookup('d/a')?.mode).toBe(0o700);
  expect(tree.lookup('nope')).toBeUndefined();
});

test('a later file replaces an earlier one, and a directory keeps what is in it', async () => {
  const tree = memoryTree([
    { path: 'd/f', content: 'one' },
    { path: 'd', directory: true, mode: 0o711 },
    { path: 'd/f', content: 'two' },
  ]);

  expect(tree.lookup('d')?.mode).toBe(0o711);
  expect(tree.list('d')).toEqual(['f']);
  expect((await readTreeFile(tree, 'd/f')).toString()).toBe('two');
});

test('hardlinks have the content of the file that they name', async () => {
  const tree = memoryTree([
    { path: 'a', content: 'data', mode: 0o600 },
    { path: 'b', hardlink: 'a' },
  ]);

  expect(tree.lookup('b')).toMatchObject({ type: 'file', hardlink: 'a', mode: 0o600, size: 4 });
  expect((await readTreeFile(tree, 'b')).toString()).toBe('data');
});

test('digests are those of the contents, and only files have them', async () => {
  const tree = memoryTree([
    { path: 'a', content: 'a' },
    { path: 'l', symlink: 'a' },
  ]);

  expect([...(await tree.digests(['a']))]).toEqual([
    ['a', 'sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  ]);
  await expect(tree.digests(['l'])).rejects.toMatchObject({ code: 'ERR_TSBUILD_NOT_FOUND' });
});
