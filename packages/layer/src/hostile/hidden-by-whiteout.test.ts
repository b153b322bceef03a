import { UnsafePathError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { archive, header, member } from '../../test/archive.ts';
import { listAll } from '../../test/read-all.ts';

test.each(['.wh.', '.wh..', '.wh...', 'a/.wh..', 'a/.wh...', './.wh.../'])(
  'a whiteout cannot delete a directory from within: %s',
  async (name) => {
    await expect(listAll(archive(member(name)))).rejects.toThrow(UnsafePathError);
  },
);

test('nothing can be put below a whiteout', async () => {
  await expect(listAll(archive(member('.wh.a/b')))).rejects.toThrow('a whiteout is no directory');
});

test('a whiteout is one whatever type its entry has', async () => {
  const tar = archive(header({ name: '.wh.a/', type: '5' }), header({ name: '.wh.b', type: '2', link: '/etc' }));

  expect(await listAll(tar)).toEqual(['whiteout a', 'whiteout b']);
});
